namespace MeshControl.Protocol.Control;

/// <summary>Well-known keys of <see cref="MapNode.CapMap"/>; where nothing else is said, presence is enough.</summary>
public static class NodeCapabilities
{
    /// <summary>Taildrop.</summary>
    public const string FileSharing = "https://tailscale.com/cap/file-sharing";

    /// <summary>The client may serve SSH.</summary>
    public const string Ssh = "https://tailscale.com/cap/ssh";

    /// <summary>Some SSH rule reaches the node.</summary>
    public const string SshRuleIn = "https://tailscale.com/cap/ssh-rule-in";

    public const string IsAdmin = "https://tailscale.com/cap/is-admin";
    public const string IsOwner = "https://tailscale.com/cap/is-owner";

    /// <summary>Certificates, together with <see cref="DnsConfig.CertDomains"/>.</summary>
    public const string Https = "https";

    public const string Funnel = "funnel";

    /// <summary>The ports follow in the key itself, as a list with ranges.</summary>
    public const string FunnelPortsPrefix = "https://tailscale.com/cap/funnel-ports?ports=";

    public const string WarnFunnelNoInvite = "https://tailscale.com/cap/warn-funnel-no-invite";
    public const string WarnFunnelNoHttps = "https://tailscale.com/cap/warn-funnel-no-https";

    /// <summary><c>tailscale lock init</c> is allowed.</summary>
    public const string TailnetLock = "https://tailscale.com/cap/tailnet-lock";

    public const string DataPlaneAuditLogs = "https://tailscale.com/cap/data-plane-audit-logs";
    public const string Debug = "https://tailscale.com/cap/debug";
    public const string MacUiV2 = "https://tailscale.com/cap/mac-ui-v2";
    public const string ServicesInDesktopClients = "https://tailscale.com/cap/services-in-desktop-clients";
    public const string BindToInterfaceByRoute = "https://tailscale.com/cap/bind-to-interface-by-route";

    /// <summary>Taildrive: may share folders.</summary>
    public const string DriveShare = "drive:share";

    /// <summary>Taildrive: may use shares.</summary>
    public const string DriveAccess = "drive:access";

    /// <summary>Belongs on the peer that may be suggested.</summary>
    public const string SuggestExitNode = "suggest-exit-node";

    public const string SuggestExitNodeUi = "suggest-exit-node-ui";
    public const string AutoExitNode = "auto-exit-node";
    public const string TrafficSteering = "traffic-steering";
    public const string ClientSideReachability = "client-side-reachability";
    public const string ClientSideReachabilityRouteCheck = "client-side-reachability-routecheck";

    /// <summary>Values are the connector's apps.</summary>
    public const string AppConnectors = "tailscale.com/app-connectors";

    public const string AppConnectorsExperimental = "tailscale.com/app-connectors-experimental";
    public const string StoreAppConnectorRoutes = "store-appc-routes";

    /// <summary>On the node itself or on a peer.</summary>
    public const string DnsSubdomainResolve = "dns-subdomain-resolve";

    public const string MagicDnsAaaa = "magicdns-aaaa";

    /// <summary>Values are the services the node hosts, with their addresses.</summary>
    public const string ServiceHost = "service-host";

    /// <summary>What follows means nothing; the values tell the service.</summary>
    public const string ServicesPrefix = "services/";

    /// <summary>One string.</summary>
    public const string TailnetDisplayName = "tailnet-display-name";

    /// <summary>One number, in seconds.</summary>
    public const string TailnetMaxKeyDuration = "tailnet.maxKeyDuration";

    public const string SeamlessKeyRenewal = "seamless-key-renewal";
    public const string DisableSeamlessKeyRenewal = "disable-seamless-key-renewal";

    /// <summary>One bare <c>true</c> or <c>false</c>.</summary>
    public const string DefaultAutoUpdate = "default-auto-update";

    public const string RandomizeClientPort = "randomize-client-port";

    /// <summary>Route the whole shared address space.</summary>
    public const string OneCgnatOn = "one-cgnat?v=true";

    public const string OneCgnatOff = "one-cgnat?v=false";
    public const string NetfilterIptables = "linux-netfilter?v=iptables";
    public const string NetfilterNftables = "linux-netfilter?v=nftables";
    public const string DisableRelayServer = "disable-relay-server";
    public const string DisableRelayClient = "disable-relay-client";
    public const string DisableCaptivePortalDetection = "disable-captive-portal-detection";
    public const string DisableWebClient = "disable-web-client";
    public const string DisableDeltaUpdates = "disable-delta-updates";
    public const string DisableHostsFileUpdates = "disable-hosts-file-updates";
    public const string DisableLinuxCgnatDropRule = "disable-linux-cgnat-drop-rule";
    public const string DisableSubnetsIfPac = "debug-disable-subnets-if-pac";
    public const string DisableSkipStatusQueue = "disable-skip-status-queue";
    public const string DisableSplitDnsWhenNoCustomResolvers = "disable-split-dns-when-no-custom-resolvers";
    public const string DisableLocalDnsOverrideViaNrpt = "disable-local-dns-override-via-nrpt";
    public const string DisableAndroidBindToActiveNetwork = "disable-android-bind-to-active-network";
    public const string DisableMagicsockCryptoRouting = "disable-magicsock-crypto-routing";
    public const string CacheNetworkMaps = "cache-network-maps";
    public const string DisableCacheNetworkMaps = "disable-cache-network-maps";
    public const string OnlyTcp443 = "only-tcp-443";
    public const string DebugConnReject = "debug-conn-reject";

    /// <summary>On the peer that is the connector.</summary>
    public const string Conn25ConnectorApps = "conn25-connector-apps";

    public const string SshBehaviorV1 = "ssh-behavior-v1";
    public const string SshBehaviorV2 = "ssh-behavior-v2";

    /// <summary>Needed for <see cref="SshRule.AcceptEnv"/>.</summary>
    public const string SshEnvironmentVariables = "ssh-env-vars";

    public const string SshAggregator = "ssh-aggregator";
    public const string UserDialRoutes = "user-dial-routes";
    public const string PeerMtuEnable = "peer-mtu-enable";
    public const string ProbeUdpLifetime = "probe-udp-lifetime";
    public const string SilentDisco = "silent-disco";
    public const string LogExitFlows = "log-exit-flows";
    public const string NativeIpv4 = "native-ipv4";
    public const string EmitRuntimeMetrics = "emit-runtime-metrics";
}
