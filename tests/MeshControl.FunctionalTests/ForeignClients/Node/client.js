// Calls the admin API with @grpc/grpc-js as programs of others do, and prints what came of it as one JSON object.
// Argument: {"target", "ca", "key", "protos", "modules"} as JSON; without "ca" the connection is plain, without "key" no key is sent.
'use strict';
const args = JSON.parse(process.argv[2]);
const load = (name) => require(require.resolve(name, { paths: [args.modules] }));
const grpc = load('@grpc/grpc-js');
const loader = load('@grpc/proto-loader');
const protobuf = load('protobufjs');
const fs = require('fs');

const options = { keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true, includeDirs: [args.protos] };
const read = (...files) => grpc.loadPackageDefinition(loader.loadSync(files, options));
const admin = read('meshcontrol/admin/v1/users.proto', 'meshcontrol/admin/v1/server.proto').meshcontrol.admin.v1;
const tools = read('grpc/health/v1/health.proto', 'grpc/reflection/v1/reflection.proto', 'grpc/reflection/v1alpha/reflection.proto').grpc;
const credentials = args.ca ? grpc.credentials.createSsl(fs.readFileSync(args.ca)) : grpc.credentials.createInsecure();
const connect = (Service) => new Service(args.target, credentials);
const withKey = (key) => { const metadata = new grpc.Metadata(); if (key) metadata.set('authorization', `Bearer ${key}`); return metadata; };
const authorized = withKey(args.key);
const soon = () => Date.now() + 20000;

// {value} or {code, message, details}; with the metadata of the response.
const call = (client, method, request, { metadata = authorized, deadline = soon() } = {}) => new Promise((resolve) => {
  const result = {};
  client[method](request, metadata, { deadline }, (error, value) => {
    if (error) Object.assign(result, { code: error.code, message: error.details, details: detailsOf(error) });
    else result.value = value;
    resolve(result);
  }).on('metadata', (received) => { result.headers = Object.keys(received.getMap()); });
});

const statuses = protobuf.loadSync([`${args.protos}/google/rpc/status.proto`, `${args.protos}/google/rpc/error_details.proto`]);
const detailsOf = (error) => error.metadata.get('grpc-status-details-bin').map((bytes) => {
  const status = statuses.lookupType('google.rpc.Status').decode(bytes);
  return { code: status.code, message: status.message, details: status.details.map((any) => ({
    type: any.type_url, ...statuses.lookupType('google.rpc.ErrorInfo').toObject(statuses.lookupType('google.rpc.ErrorInfo').decode(any.value)) })) };
});

// All that a stream says until it ends.
const drain = (stream) => new Promise((resolve) => {
  const messages = [];
  stream.on('data', (message) => messages.push(message));
  stream.on('error', (error) => resolve({ messages, code: error.code }));
  stream.on('end', () => resolve({ messages, code: 0 }));
});

const reflect = async (Service, ...requests) => {
  const stream = connect(Service).ServerReflectionInfo(authorized, { deadline: soon() });
  const answers = drain(stream);
  requests.forEach((request) => stream.write(request));
  stream.end();
  return answers;
};

const files = (answer) => answer.messages[0].file_descriptor_response.file_descriptor_proto;

// Calls a method whose messages are known from the server alone.
const callByReflection = async () => {
  const answer = await reflect(tools.reflection.v1.ServerReflection, { file_containing_symbol: 'meshcontrol.admin.v1.UserService' });
  const descriptor = load('protobufjs/ext/descriptor');
  const set = descriptor.FileDescriptorSet.create({ file: files(answer).map((bytes) => descriptor.FileDescriptorProto.decode(bytes)) });
  const definition = loader.loadFileDescriptorSetFromBuffer(descriptor.FileDescriptorSet.encode(set).finish(), options);
  const { UserService } = grpc.loadPackageDefinition(definition).meshcontrol.admin.v1;
  return call(connect(UserService), 'ListUsers', {});
};

const listed = async (Service) => (await reflect(Service, { list_services: '' })).messages[0].list_services_response.service.map((s) => s.name);

(async () => {
  const users = connect(admin.UserService);
  const server = connect(admin.ServerService);
  const health = connect(tools.health.v1.Health);
  const result = {
    created: await call(users, 'CreateUser', { name: 'Node', display_name: 'Größe ✓' }),
    again: await call(users, 'CreateUser', { name: 'node' }),
    users: await call(users, 'ListUsers', {}),
    version: await call(server, 'GetVersion', {}),
    noKey: await call(users, 'ListUsers', {}, { metadata: withKey() }),
    wrongKey: await call(users, 'ListUsers', {}, { metadata: withKey('mckey-api-000000000000-00') }),
    tooLong: await call(users, 'CreateUser', { name: 'x'.repeat(4 * 1024 * 1024) }),
    deadline: (await drain(health.Watch({ service: '' }, authorized, { deadline: Date.now() + 500 }))).code,
    health: await call(health, 'Check', { service: '' }),
    unknownService: await call(health, 'Check', { service: 'nothing' }),
    v1: await listed(tools.reflection.v1.ServerReflection),
    v1alpha: await listed(tools.reflection.v1alpha.ServerReflection),
    reflected: await callByReflection(),
  };
  console.log(JSON.stringify(result));
  process.exit(0);
})().catch((error) => { console.error(error); process.exit(1); });
