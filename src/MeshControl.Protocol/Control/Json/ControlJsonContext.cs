using System.Net;
using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control.Json;

/// <summary>
/// Metadata of all messages. Each list, set and map type needs its converter here and its element as a serializable type;
/// a test that walks all records fails if one is forgotten.
/// </summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    PropertyNameCaseInsensitive = true,
    Converters =
    [
        typeof(TextConverter),
        typeof(BooleanConverter),
        typeof(Int32Converter),
        typeof(Int64Converter),
        typeof(UInt16Converter),
        typeof(UInt64Converter),
        typeof(DoubleConverter),
        typeof(NanosecondsConverter),
        typeof(TimestampConverter),
        typeof(IpAddressConverter),
        typeof(IpEndPointConverter),
        typeof(WireListConverter<string>),
        typeof(WireListConverter<int>),
        typeof(WireListConverter<long>),
        typeof(WireListConverter<IpPrefix>),
        typeof(WireListConverter<RawJson>),
        typeof(WireListConverter<IPAddress>),
        typeof(WireListConverter<IPEndPoint>),
        typeof(WireListConverter<MapNode>),
        typeof(WireListConverter<PeerChange>),
        typeof(WireListConverter<FilterRule>),
        typeof(WireListConverter<UserProfile>),
        typeof(WireListConverter<NetPortRange>),
        typeof(WireListConverter<CapGrant>),
        typeof(WireListConverter<DnsResolver>),
        typeof(WireListConverter<DnsRecord>),
        typeof(WireListConverter<DerpNode>),
        typeof(WireListConverter<ControlIpCandidate>),
        typeof(WireListConverter<Service>),
        typeof(WireListConverter<SshRule>),
        typeof(WireListConverter<SshPrincipal>),
        typeof(WireListConverter<SshRecordingAttempt>),
        typeof(WireSetConverter<string>),
        typeof(WireSetConverter<IpPrefix>),
        typeof(WireMapConverter<long, bool>),
        typeof(WireMapConverter<string, double>),
        typeof(WireMapConverter<int, double>),
        typeof(WireMapConverter<string, string>),
        typeof(WireMapConverter<string, RawJson>),
        typeof(WireMapConverter<int, DerpRegion>),
        typeof(WireMapConverter<string, DisplayMessage>),
        typeof(WireMapConverter<string, WireList<RawJson>>),
        typeof(WireMapConverter<string, WireList<FilterRule>>),
        typeof(WireMapConverter<string, WireList<DnsResolver>>),
    ])]
[JsonSerializable(typeof(AuditLogRequest))]
[JsonSerializable(typeof(DerpMap))]
[JsonSerializable(typeof(DerpVerifyRequest))]
[JsonSerializable(typeof(DerpVerifyResponse))]
[JsonSerializable(typeof(EarlyNoise))]
[JsonSerializable(typeof(FeatureQueryRequest))]
[JsonSerializable(typeof(FeatureQueryResponse))]
[JsonSerializable(typeof(Hostinfo))]
[JsonSerializable(typeof(IdTokenRequest))]
[JsonSerializable(typeof(IdTokenResponse))]
[JsonSerializable(typeof(MapNode))]
[JsonSerializable(typeof(MapRequest))]
[JsonSerializable(typeof(MapResponse))]
[JsonSerializable(typeof(PingResponse))]
[JsonSerializable(typeof(RegisterRequest))]
[JsonSerializable(typeof(RegisterResponse))]
[JsonSerializable(typeof(ServerKeyResponse))]
[JsonSerializable(typeof(SetDeviceAttributesRequest))]
[JsonSerializable(typeof(SetDnsRequest))]
[JsonSerializable(typeof(SshAction))]
[JsonSerializable(typeof(SshEventNotifyRequest))]
[JsonSerializable(typeof(UpdateHealthRequest))]
[JsonSerializable(typeof(CapGrant))]
[JsonSerializable(typeof(ControlIpCandidate))]
[JsonSerializable(typeof(DerpNode))]
[JsonSerializable(typeof(DerpRegion))]
[JsonSerializable(typeof(DisplayMessage))]
[JsonSerializable(typeof(DnsRecord))]
[JsonSerializable(typeof(DnsResolver))]
[JsonSerializable(typeof(FilterRule))]
[JsonSerializable(typeof(IPAddress))]
[JsonSerializable(typeof(IPEndPoint))]
[JsonSerializable(typeof(IpPrefix))]
[JsonSerializable(typeof(NetPortRange))]
[JsonSerializable(typeof(PeerChange))]
[JsonSerializable(typeof(RawJson))]
[JsonSerializable(typeof(Service))]
[JsonSerializable(typeof(SshPrincipal))]
[JsonSerializable(typeof(SshRecordingAttempt))]
[JsonSerializable(typeof(SshRule))]
[JsonSerializable(typeof(UserProfile))]
[JsonSerializable(typeof(WireList<DnsResolver>))]
[JsonSerializable(typeof(WireList<FilterRule>))]
[JsonSerializable(typeof(WireList<RawJson>))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(string))]
internal sealed partial class ControlJsonContext : JsonSerializerContext;
