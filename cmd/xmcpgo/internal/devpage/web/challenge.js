// challenge reads the parameters of a Bearer challenge (RFC 6750 section 3, RFC 9728 section 5.1); undefined without one.
export function challenge(response) {
  const header = response?.headers.get('WWW-Authenticate');
  const start = header?.match(/(?:^|,\s*)Bearer(?:\s+|$)/i);
  if (!start) return undefined;
  const parameters = {};
  for (const [, name, quoted, plain] of header.slice(start.index + start[0].length).matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)) {
    parameters[name.toLowerCase()] ??= quoted?.replace(/\\(.)/g, '$1') ?? plain;
  }
  return parameters;
}
