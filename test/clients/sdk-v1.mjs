// The tour with the TypeScript SDK v1, which speaks 2025-11-25.
import { createRequire } from 'node:module';
import { capabilities, replies, run } from './tour.mjs';

const require = createRequire(`${process.env.XMCPGO_NODE_MODULES}/`);
const { Client } = require('@modelcontextprotocol/sdk/client/index.js');
const { StreamableHTTPClientTransport } = require('@modelcontextprotocol/sdk/client/streamableHttp.js');
const { StdioClientTransport } = require('@modelcontextprotocol/sdk/client/stdio.js');
const types = require('@modelcontextprotocol/sdk/types.js');

await run({
  async connect({ url, command }, seen) {
    const client = new Client({ name: 'tour', version: '1' }, { capabilities });
    client.setRequestHandler(types.ElicitRequestSchema, replies.elicit);
    client.setRequestHandler(types.CreateMessageRequestSchema, replies.sample);
    client.setRequestHandler(types.ListRootsRequestSchema, replies.roots);
    client.setNotificationHandler(types.LoggingMessageNotificationSchema, ({ params }) => seen.logs.push(params.data));
    client.setNotificationHandler(types.ResourceUpdatedNotificationSchema, ({ params }) => seen.updated.push(params.uri));
    client.setNotificationHandler(types.ToolListChangedNotificationSchema, () => seen.toolsChanged++);
    const transport = url
      ? new StreamableHTTPClientTransport(new URL(url))
      : new StdioClientTransport({ command: command[0], args: command.slice(1), stderr: 'ignore' });
    // The transport learns what was agreed on; over stdio nothing but this tells.
    const accept = transport.setProtocolVersion?.bind(transport);
    transport.setProtocolVersion = (version) => {
      client.agreed = version;
      accept?.(version);
    };
    await client.connect(transport);
    return client;
  },
  version: (client) => client.agreed,
  call: (client, params, options) => client.callTool(params, undefined, options),
  async logs(client, call) {
    await client.setLoggingLevel('debug');
    await call('test_tool_with_logging');
  },
  async subscribe(client, uri) {
    await client.subscribeResource({ uri });
    return () => client.unsubscribeResource({ uri });
  },
});
