// Scalekit's SDK as a judge. Standard input is {env, tokens, exchanges}; standard output {verdicts, problems}:
//   - tokens are checked as an app checks them, by the keys that the environment serves: {name, token, issuer, audience};
//   - exchanges are calls of the management API: each must be one that the API has, with fields that its messages have, in
//     the query, the body and the reply: {name, method, path, body, status, reply}.
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

const require = createRequire(`${process.env.XMCPGO_NODE_MODULES}/`);
const sdk = '@scalekit-sdk/node';
const { Scalekit } = require(sdk);
const { fromJson, createRegistry } = require('@bufbuild/protobuf');
const { BinaryReader } = require('@bufbuild/protobuf/wire');

const { env, tokens, exchanges } = JSON.parse(await text(process.stdin));
const scalekit = new Scalekit(env, 'skc_dev', 'dev-secret');

const verdicts = {};
for (const { name, token, issuer, audience } of tokens) {
  verdicts[name] = await scalekit.validateToken(token, { issuer, audience }).then(
    (claims) => `accepted ${claims.sub}`,
    (e) => `refused ${e.message}`,
  );
}

// The rule that binds a method to HTTP is an option whose type the SDK does not have (google.api.http, field 72295728).
const verbs = { 2: 'GET', 3: 'PUT', 4: 'POST', 5: 'DELETE', 6: 'PATCH' };
function rules(bytes) {
  const reader = new BinaryReader(bytes);
  const rule = { body: '' };
  const more = [];
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (verbs[field]) [rule.verb, rule.path] = [verbs[field], reader.string()];
    else if (field === 7) rule.body = reader.string();
    else if (field === 11) more.push(...rules(reader.bytes()));
    else reader.skip(type);
  }
  return [rule, ...more];
}

const routes = [];
for (const file of ['users', 'organizations', 'roles', 'sessions', 'clients']) {
  for (const service of Object.values(require(`${sdk}/lib/pkg/grpc/scalekit/v1/${file}/${file}_pb`))) {
    for (const method of service?.kind === 'service' ? service.methods : []) {
      const option = method.proto.options?.$unknown?.find((f) => f.no === 72295728);
      if (!option) continue;
      for (const rule of rules(new BinaryReader(option.data).bytes())) {
        const pattern = new RegExp(`^${rule.path.replace(/\{\w+\}/g, '[^/:]+')}$`);
        routes.push({ ...rule, method, pattern, exact: !rule.path.endsWith('}') });
      }
    }
  }
}
routes.sort((a, b) => b.exact - a.exact);

const { ErrorInfoSchema } = require(`${sdk}/lib/pkg/grpc/scalekit/v1/errdetails/errdetails_pb`);
const strict = { ignoreUnknownFields: false, registry: createRegistry(ErrorInfoSchema) };

function judge({ method: verb, path, body, status, reply }) {
  const url = new URL(path, env);
  const route = routes.find((r) => r.verb === verb && r.pattern.test(url.pathname));
  if (!route) throw new Error('the API has no such call');
  const { input, output, name } = route.method;
  const query = {};
  for (const [key, value] of url.searchParams) {
    const field = input.fields.find((f) => f.name === key);
    if (!field) throw new Error(`${name} has no parameter ${key}`);
    query[key] = value;
  }
  fromJson(input, query, strict);
  if (route.body === '*') fromJson(input, body, strict);
  else if (route.body) fromJson(input.fields.find((f) => f.name === route.body).message, body, strict);
  else if (Object.keys(body ?? {}).length > 0) throw new Error(`${name} takes no body`);
  if (status < 300) {
    fromJson(output, reply, strict);
    return name;
  }
  const { code, message, details, ...unknown } = reply;
  if (typeof code !== 'number' || typeof message !== 'string' || Object.keys(unknown).length > 0) throw new Error('the error is no google.rpc.Status');
  for (const { '@type': type, ...detail } of details) {
    if (type !== `type.googleapis.com/${ErrorInfoSchema.typeName}`) throw new Error(`the error has a detail of ${type}`);
    fromJson(ErrorInfoSchema, detail, strict);
  }
  return name;
}

const problems = {};
const calls = {};
for (const exchange of exchanges) {
  try {
    calls[exchange.name] = judge(exchange);
  } catch (e) {
    problems[exchange.name] = `${exchange.method} ${exchange.path}: ${e.message}`;
  }
}
console.log(JSON.stringify({ verdicts, problems, calls }));
