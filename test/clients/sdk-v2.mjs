// The tour with the TypeScript SDK v2, in the era that is asked for, or in the one that "auto" finds.
import { createRequire } from 'node:module';
import { capabilities, replies, run } from './tour.mjs';

const require = createRequire(`${process.env.XMCPGO_NODE_MODULES}/`);
const { Client, LOG_LEVEL_META_KEY, StreamableHTTPClientTransport } = require('@modelcontextprotocol/client');
const { StdioClientTransport } = require('@modelcontextprotocol/client/stdio');

const modern = '2026-07-28';

await run({
  async connect({ era, url, command }, seen) {
    const versionNegotiation = { mode: era === 'auto' ? 'auto' : era === modern ? { pin: modern } : 'legacy' };
    const client = new Client({ name: 'tour', version: '1' }, { capabilities, versionNegotiation });
    client.setRequestHandler('elicitation/create', replies.elicit);
    client.setRequestHandler('sampling/createMessage', replies.sample);
    client.setRequestHandler('roots/list', replies.roots);
    client.setNotificationHandler('notifications/message', ({ params }) => seen.logs.push(params.data));
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => seen.updated.push(params.uri));
    client.setNotificationHandler('notifications/tools/list_changed', () => seen.toolsChanged++);
    await client.connect(
      url
        ? new StreamableHTTPClientTransport(new URL(url))
        : new StdioClientTransport({ command: command[0], args: command.slice(1), stderr: 'ignore' }),
    );
    return client;
  },
  version: (client) => client.getNegotiatedProtocolVersion(),
  call: (client, params, options) => client.callTool(params, options),
  async logs(client, call) {
    if (client.getNegotiatedProtocolVersion() === modern) {
      await client.callTool({ name: 'test_tool_with_logging', arguments: {}, _meta: { [LOG_LEVEL_META_KEY]: 'debug' } });
      return;
    }
    await client.setLoggingLevel('debug');
    await call('test_tool_with_logging');
  },
  async subscribe(client, uri) {
    if (client.getNegotiatedProtocolVersion() === modern) {
      const subscription = await client.listen({ resourceSubscriptions: [uri], toolsListChanged: true });
      return () => subscription.close();
    }
    await client.subscribeResource({ uri });
    return () => client.unsubscribeResource({ uri });
  },
});
