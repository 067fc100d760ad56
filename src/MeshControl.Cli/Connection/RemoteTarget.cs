using System.Net.Sockets;
using System.Security.Authentication;
using MeshControl.Admin.Grpc;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.Connection;

/// <summary>A server that is reached over the network.</summary>
/// <param name="Address">Scheme, host and port.</param>
/// <param name="Check">Decides about the server's certificate.</param>
internal sealed record RemoteTarget(Uri Address, CertificateCheck Check, RpcCallOptions Options) : ServerTarget(Options)
{
    private string Name => Address.GetLeftPart(UriPartial.Authority);

    public override RpcChannel Open(TimeSpan patience, TimeProvider time) => new(RemoteHandler.Create(Check), Address, time);

    public override CliError Explain(RpcException exception)
    {
        if (Check.Problem is { } problem)
        {
            return new(
                ExitCodes.NotAllowed,
                $"The certificate of {Name} is not to be trusted: {problem}; name the file of its authority with --ca-file "
                + $"({ConnectionVariables.CaFile}), or check nothing with --insecure.");
        }

        if (exception.Find<AuthenticationException>() is not null)
        {
            return new(ExitCodes.Unavailable, $"{Name} does not speak TLS; if it is meant to be so, write http://{Address.Authority}.");
        }

        if (exception.Find<SocketException>() is { } cause)
        {
            return new(ExitCodes.Unavailable, cause.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => $"Nobody listens on {Address.Authority}; is the server running, with grpc_listen_addr set?",
                SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => $"There is no host {Address.Host}; check the address.",
                _ => $"{Address.Authority} cannot be reached ({cause.Message}); check the address, and firewalls in between.",
            });
        }

        if (exception.Code == RpcStatusCode.Unauthenticated)
        {
            return new(
                ExitCodes.NotAllowed,
                $"Unauthorized: {Name} has refused the API key; it is wrong or has expired, and `meshctl apikeys create` on the server makes "
                + "another one.");
        }

        return exception.Code == RpcStatusCode.Unavailable && exception.Find<HttpRequestException>() is not null
            ? new(ExitCodes.Unavailable, $"{Name} does not answer as a server does ({exception.Message.TrimEnd('.')}); check scheme and port.")
            : exception.ToCliError();
    }
}
