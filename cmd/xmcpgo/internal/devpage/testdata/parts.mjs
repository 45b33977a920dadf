// The parts that read what servers write, each by itself.
export default async ({ page, url, equal }) => {
  await page.goto(url);
  const got = await page.evaluate(async () => {
    const [{ variables, expand }, { challenge }, { encode, paramHeaders }, { events }, { kind, resolve, rules }, { covers }] = await Promise.all(
      ['uritemplate', 'challenge', 'paramheaders', 'events', 'schema', 'oauth'].map((name) => import(`/_dev/${name}.js`)));
    const read = async (...chunks) => {
      const stream = new ReadableStream({
        start(c) {
          for (const chunk of chunks) c.enqueue(new TextEncoder().encode(chunk));
          c.close();
        },
      });
      const out = [];
      for await (const data of events(stream)) out.push(data);
      return out;
    };
    const ask = (header) => challenge(new Response('', { headers: header === undefined ? {} : { 'WWW-Authenticate': header } }));
    const loop = { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } };
    return {
      variables: variables('a://{x}/{+y}{?q,r*}'),
      expand: [
        expand('a://{x}/b', { x: 'é/ ' }), expand('a://{+x}', { x: 'p/q r' }), expand('a://h{/x,y}', { x: '1', y: '2' }), expand('a://h{?q,r}', { q: 'a&b', r: '' }),
        expand('a://{x:2}', { x: 'abc' }), expand('a://h{#x}', {}),
      ],
      challenge: [
        ask(), ask('Basic realm="x"'), ask('Bearer'), ask('Bearer resource_metadata="http://h/p", scope="a b", error=insufficient_scope'),
        ask('Basic realm="Bearer", Bearer error_description="say \\"no\\""'),
      ],
      covers: ['http://h/mcp', 'http://H:80/mcp/', 'http://h', 'http://h/mc', 'http://h/mcp/deeper', 'https://h/mcp', 'http://h:81/mcp', 'http://x@h/mcp', 'http://h/mcp?a', 'h', undefined].map((r) => covers(r, 'http://h/mcp')),
      encode: ['eu', '', ' x', 'Zürich', '=?base64?x?=', 'a b', 'a\nb'].map(encode),
      headers: paramHeaders({ properties: { a: { properties: { b: { 'x-mcp-header': 'B' } } }, c: { 'x-mcp-header': 'C' }, d: { 'x-mcp-header': 'D' } } }, { a: { b: true }, c: 7 }),
      events: await read('data: {"a":', '1}\n', '\n: quiet\r\n\r\ndata:x\ndata: y\n\nid: 1\nevent: message\ndata: \u00e9', '\r', '\n\r\n', 'data: cut'),
      kinds: [{ type: 'string' }, { type: ['integer', 'null'] }, { enum: [1] }, { oneOf: [{ const: 'a', title: 'A' }] }, { type: 'array', items: { type: 'string' } }, { type: 'array', items: { enum: ['a'] } }, { type: 'object' }, {}, { type: 'object', properties: { a: {} } }].map(kind),
      resolved: [resolve({ $ref: '#/$defs/a~1b', description: 'beside' }, { $defs: { 'a/b': { type: 'string' } } }), resolve({ $ref: '#/nowhere' }, {}), typeof resolve(loop, loop)],
      rules: [rules({ type: 'integer', minimum: 1, maximum: 9, default: 3 }), rules({ minLength: 2, pattern: '^a' }), rules({})],
    };
  });
  const want = {
    variables: ['x', 'y', 'q', 'r'],
    expand: ['a://%C3%A9%2F%20/b', 'a://p/q%20r', 'a://h/1/2', 'a://h?q=a%26b', 'a://ab', 'a://h'],
    challenge: [undefined, undefined, {}, { resource_metadata: 'http://h/p', scope: 'a b', error: 'insufficient_scope' }, { error_description: 'say "no"' }],
    covers: [true, true, true, false, false, false, false, false, false, false, false],
    encode: ['eu', '', '=?base64?IHg=?=', '=?base64?WsO8cmljaA==?=', '=?base64?PT9iYXNlNjQ/eD89?=', 'a b', '=?base64?YQpi?='],
    headers: { 'Mcp-Param-B': 'true', 'Mcp-Param-C': '7' },
    events: ['{"a":1}', 'x\ny', 'é'],
    kinds: ['text', 'number', 'choice', 'choice', 'list', 'choices', 'json', 'json', 'object'],
    resolved: [{ type: 'string', description: 'beside' }, {}, 'object'],
    rules: ['whole number, 1 to 9, 3 when left out', 'at least 2 characters, fits ^a', ''],
  };
  equal(Object.keys(got), Object.keys(want), 'what is read'); // a value that nothing is expected of would pass
  for (const name of Object.keys(want)) equal(got[name], want[name], name);
};
