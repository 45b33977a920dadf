// Arguments that a schema marks with x-mcp-header are repeated in headers (MCP 2026-07-28, server/tools).
export function paramHeaders(schema, args) {
  const headers = {};
  const walk = (node, value) => {
    if (!node || typeof node !== 'object' || value === undefined || value === null) return;
    if (node['x-mcp-header'] !== undefined) headers[`Mcp-Param-${node['x-mcp-header']}`] = encode(String(value.rawJSON ?? value));
    for (const [name, property] of Object.entries(node.properties ?? {})) walk(property, value[name]);
  };
  walk(schema, args);
  return headers;
}

// encode writes what a header cannot hold, or would lose, in base64.
export function encode(text) {
  if (/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$|^$/.test(text) && !text.startsWith('=?base64?')) return text;
  return `=?base64?${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}?=`;
}
