"""Calls the admin API with grpcio, knowing its messages by reflection alone, and prints what came of it as one JSON object.

Argument: {"target", "ca", "key"} as JSON; without "ca" the connection is plain, without "key" no key is sent.
"""
import json
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

args = json.loads(sys.argv[1])
pool = descriptor_pool.DescriptorPool()
if args.get("ca"):
    with open(args["ca"], "rb") as ca:
        channel = grpc.secure_channel(args["target"], grpc.ssl_channel_credentials(ca.read()))
else:
    channel = grpc.insecure_channel(args["target"])


def metadata(key):
    return [("authorization", "Bearer " + key)] if key else []


def build(package, **messages):
    """A file of our own: just what is needed to ask for the others."""
    file = descriptor_pb2.FileDescriptorProto(name=package + ".proto", package=package, syntax="proto3")
    for name, fields in messages.items():
        message = file.message_type.add(name=name)
        for number, (field, kind, label, type_name) in fields.items():
            message.field.add(name=field, number=number, type=kind, label=label, type_name=type_name)
    pool.Add(file)


TEXT, BYTES, MESSAGE, INT = 9, 12, 11, 5
ONE, MANY = 1, 3
build(
    "ask",
    Request={4: ("symbol", TEXT, ONE, None), 7: ("list", TEXT, ONE, None)},
    Files={1: ("file", BYTES, MANY, None)},
    Service={1: ("name", TEXT, ONE, None)},
    Services={1: ("service", MESSAGE, MANY, ".ask.Service")},
    Response={4: ("files", MESSAGE, ONE, ".ask.Files"), 6: ("services", MESSAGE, ONE, ".ask.Services")},
)


def type_of(name):
    return message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName(name))


def reflect(version, **request):
    method = channel.stream_stream(
        f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=type_of("ask.Response").FromString,
    )
    return next(iter(method(iter([type_of("ask.Request")(**request)]), metadata=metadata(args.get("key")), timeout=20)))


def learn(symbol):
    known = set()
    files = [descriptor_pb2.FileDescriptorProto.FromString(one) for one in reflect("v1", symbol=symbol).files.file]
    while files:
        for file in [one for one in files if all(name in known for name in one.dependency)]:
            try:
                pool.FindFileByName(file.name)
            except KeyError:
                pool.Add(file)
            known.add(file.name)
            files.remove(file)


def call(method, request, response, key=args.get("key"), timeout=20, **fields):
    stub = channel.unary_unary(
        method, request_serializer=lambda message: message.SerializeToString(), response_deserializer=type_of(response).FromString
    )
    try:
        value, done = stub.with_call(type_of(request)(**fields), metadata=metadata(key), timeout=timeout)
        return {
            "value": json_format.MessageToDict(value, preserving_proto_field_name=True),
            "headers": [name for name, _ in done.initial_metadata()],
        }
    except grpc.RpcError as error:
        details = [value for name, value in error.trailing_metadata() or [] if name == "grpc-status-details-bin"]
        return {"code": error.code().value[0], "message": error.details(), "details": [status(one) for one in details]}


build(
    "google.rpc",
    Status={1: ("code", INT, ONE, None), 2: ("message", TEXT, ONE, None), 3: ("details", MESSAGE, MANY, ".google.rpc.Any")},
    Any={1: ("type_url", TEXT, ONE, None), 2: ("value", BYTES, ONE, None)},
    ErrorInfo={1: ("reason", TEXT, ONE, None), 2: ("domain", TEXT, ONE, None)},
)


def status(data):
    decoded = type_of("google.rpc.Status").FromString(data)
    infos = [type_of("google.rpc.ErrorInfo").FromString(one.value) for one in decoded.details]
    return {"code": decoded.code, "message": decoded.message, "details": [{"reason": one.reason, "domain": one.domain} for one in infos]}


def watch(timeout):
    method = channel.unary_stream(
        "/grpc.health.v1.Health/Watch",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=type_of("grpc.health.v1.HealthCheckResponse").FromString,
    )
    try:
        for _ in method(type_of("grpc.health.v1.HealthCheckRequest")(), metadata=metadata(args.get("key")), timeout=timeout):
            pass
        return 0
    except grpc.RpcError as error:
        return error.code().value[0]


learn("meshcontrol.admin.v1.UserService")
learn("grpc.health.v1.Health")
V1 = "meshcontrol.admin.v1."
USERS = "/" + V1 + "UserService/"
HEALTH = ("/grpc.health.v1.Health/Check", "grpc.health.v1.HealthCheckRequest", "grpc.health.v1.HealthCheckResponse")
CREATE = (USERS + "CreateUser", V1 + "CreateUserRequest", V1 + "CreateUserResponse")
LIST = (USERS + "ListUsers", V1 + "ListUsersRequest", V1 + "ListUsersResponse")
print(json.dumps({
    "created": call(*CREATE, name="Python", display_name="Größe ✓"),
    "again": call(*CREATE, name="python"),
    "users": call(*LIST),
    "noKey": call(*LIST, key=None),
    "wrongKey": call(*LIST, key="mckey-api-000000000000-00"),
    "tooLong": call(*CREATE, name="x" * 4 * 1024 * 1024),
    "deadline": watch(0.5),
    "health": call(*HEALTH, service=""),
    "unknownService": call(*HEALTH, service="nothing"),
    "v1": [one.name for one in reflect("v1", list="*").services.service],
    "v1alpha": [one.name for one in reflect("v1alpha", list="*").services.service],
}))
