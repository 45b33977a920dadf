// The MCP endpoint, in protocol 2026-07-28 over streamable HTTP: each request stands for itself.
import { events } from './events.js';
import { encode } from './paramheaders.js';

export const version = '2026-07-28';

// RPCError is an error that the server answered with; HTTPError an answer that is no JSON-RPC at all.
export class RPCError extends Error {
  constructor({ code, message, data }, response) {
    super(message);
    Object.assign(this, { code, data, response });
  }
}

export class HTTPError extends Error {
  constructor(response, text) {
    super(`HTTP ${response.status}${text ? `: ${text}` : ''}`);
    this.response = response;
  }
}

// parse keeps every digit of integers that a JavaScript number cannot hold, where the browser can do that.
const parse = (text) => JSON.parse(text, (_, value, at) => (Math.abs(value) > Number.MAX_SAFE_INTEGER && /^-?\d+$/.test(at?.source) && JSON.rawJSON ? JSON.rawJSON(at.source) : value));

export class Endpoint {
  #url;
  #next = 0;

  // token() gives the access token or undefined; heard(direction, message, note) is told of every message.
  constructor(url, { token, heard }) {
    this.#url = url;
    this.token = token;
    this.heard = heard;
  }

  // request sends one request and returns its result. onNotification gets what the server says before.
  async request(method, params = {}, { name, headers, onNotification = () => {}, logLevel, signal } = {}) {
    const message = { jsonrpc: '2.0', id: ++this.#next, method, params: { ...params, _meta: this.#meta(this.#next, logLevel) } };
    const began = performance.now();
    this.heard('sent', message);
    const token = this.token();
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        'Mcp-Protocol-Version': version,
        'Mcp-Method': method,
        ...(name !== undefined && { 'Mcp-Name': encode(name) }),
        ...(token && { Authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: JSON.stringify(message),
      cache: 'no-store',
      signal,
    });
    for await (const answer of this.#messages(response)) {
      this.heard('received', answer, `${response.status}, ${Math.round(performance.now() - began)} ms`);
      if (answer.error) throw new RPCError(answer.error, response);
      if (answer.id === message.id && 'result' in answer) return answer.result;
      onNotification(answer);
    }
    throw new HTTPError(response, 'the answer ended without a result');
  }

  #meta(progressToken, logLevel) {
    return {
      'io.modelcontextprotocol/protocolVersion': version,
      'io.modelcontextprotocol/clientInfo': { name: 'xmcpgo-dev-page', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {}, url: {} }, sampling: {} },
      ...(logLevel && { 'io.modelcontextprotocol/logLevel': logLevel }),
      progressToken,
    };
  }

  async *#messages(response) {
    if (response.headers.get('Content-Type')?.startsWith('text/event-stream')) {
      for await (const data of events(response.body)) yield parse(data);
      return;
    }
    const text = await response.text();
    let message;
    try {
      message = parse(text);
    } catch {
      // not even JSON
    }
    if (message?.jsonrpc !== '2.0') {
      const error = new HTTPError(response, text.trim().slice(0, 200));
      this.heard('received', { method: error.message }, String(response.status));
      throw error;
    }
    yield message;
  }

  // all joins the pages of a list.
  async all(method, key) {
    const items = [];
    let cursor;
    do {
      const page = await this.request(method, cursor === undefined ? {} : { cursor });
      items.push(...page[key]);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return items;
  }
}
