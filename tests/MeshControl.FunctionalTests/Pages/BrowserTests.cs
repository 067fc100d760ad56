using System.Globalization;
using MeshControl.FunctionalTests.Policies;
using MeshControl.FunctionalTests.Support;

namespace MeshControl.FunctionalTests.Pages;

/// <summary>Pages for people, as a browser shows them on a phone and on a desk, by day and by night, and used by the keyboard alone.</summary>
public sealed class BrowserTests(Browser browser) : IClassFixture<Browser>
{
    /// <summary>A directory for pictures of the pages. Those in <c>docs/operations/images</c> were taken so.</summary>
    private const string PicturesVariable = "MESHCONTROL_PICTURES";

    private const string Phone = "phone";

    private const string Links = "[...document.querySelectorAll('a[href],button,input,select,textarea,summary,[tabindex]')]";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Phone, 360, 640, "light")]
    [InlineData(Phone, 360, 640, "dark")]
    [InlineData("desk", 1280, 800, "light")]
    [InlineData("desk", 1280, 800, "dark")]
    public async Task Pages_OnAnyScreen_AreReadableAndLoadNothing(string screen, int width, int height, string scheme)
    {
        var page = await browser.OpenAsync();
        await using var server = await TestServer.StartAsync(configure: options => options with { ServerUrl = new Uri("https://mesh.example.com") });
        await page.UseScreenAsync(width, height, isPhone: screen == Phone, scheme);
        foreach (var (name, path) in await PagesAsync(server))
        {
            var url = new Uri(server.Url, path);
            await page.GoAsync(url);

            Assert.Equal([url.AbsoluteUri], page.Requests);

            // That the page itself is none that was asked for is what it is about.
            Assert.DoesNotContain(page.Complaints, text => !text.StartsWith($"error network {url.AbsoluteUri}: ", StringComparison.Ordinal));
            var shown = await page.EvaluateAsync("document.documentElement.scrollWidth");
            Assert.True(shown!.GetValue<int>() <= width, $"{path} is {shown} wide.");
            await KeepPictureAsync(page, $"{name}-{screen}-{scheme}.png");
            await AssertKeyboardReachesAllAsync(page, path);
        }
    }

    /// <summary>All pages there are, those about errors too, with names for pictures.</summary>
    private static async Task<IReadOnlyList<(string Name, string Path)>> PagesAsync(TestServer server)
    {
        var node = server.NewNode("annas-laptop", authKey: null, options => options with
        {
            EditProfile = profile => profile.WithHostinfo(
                info => info with { Os = "linux", Distro = "debian", OsVersion = "12.5", RequestTags = ["tag:office"] }),
        });
        await node.Client.GetServerKeyAsync(Token);
        var login = (await node.Client.RegisterAsync(node.CreateRegisterRequest(), Token)).AuthUrl;
        var (laptop, web) = await SshCheckNodes.StartAsync(server);
        var check = SshCheckNodes.IdIn(await SshCheckNodes.AskAsync(server, laptop, web));
        var rejected = SshCheckNodes.IdIn(await SshCheckNodes.AskAsync(server, laptop, web, "deploy"));
        Assert.Null(server.Server.ControlPlane.SshChecks.Reject(rejected, server.Tailnet).Error);
        return
        [
            ("welcome", "/"),
            ("apple", "/apple"),
            ("windows", "/windows"),
            ("approval", "/admin"),
            ("login", new Uri(login).AbsolutePath),
            ("login-over", "/register/mckey-authreq-00000000000000000000000000000000"),
            ("login-unknown", "/register/nonsense"),
            ("ssh-check", $"/auth/{check}"),
            ("ssh-check-over", $"/auth/{rejected}"),
            ("ssh-check-unknown", "/auth/nonsense"),
        ];
    }

    /// <summary>The Tab key goes through all that can be used, in the order in which it stands there, and shows where it is.</summary>
    private static async Task AssertKeyboardReachesAllAsync(BrowserPage page, string path)
    {
        var count = (await page.EvaluateAsync($"{Links}.length"))!.GetValue<int>();
        for (var number = 0; number < count; number++)
        {
            await page.PressTabAsync();
            var place = (await page.EvaluateAsync($"{Links}.indexOf(document.activeElement)"))!.GetValue<int>();
            Assert.True(place == number, string.Create(CultureInfo.InvariantCulture, $"{path}: Tab leads to {place} and not to {number}."));
            var outline = await page.EvaluateAsync(
                "(style => style.outlineStyle == 'none' ? 0 : parseFloat(style.outlineWidth))(getComputedStyle(document.activeElement))");
            Assert.True(outline!.GetValue<double>() >= 2, $"{path}: the focus is outlined by {outline} pixels.");
        }
    }

    private static async Task KeepPictureAsync(BrowserPage page, string name)
    {
        if (Environment.GetEnvironmentVariable(PicturesVariable) is { Length: > 0 } directory)
        {
            Directory.CreateDirectory(directory);
            await File.WriteAllBytesAsync(Path.Combine(directory, name), await page.TakePictureAsync(), Token);
        }
    }
}
