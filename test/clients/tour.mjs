// What a client does with examples/conformance, for either SDK. The adapter brings the calls in which the two differ.
// The report goes to stdout as JSON; tour.Report in test/internal/tour says what its members are.

const watched = 'test://watched-resource';

// answers fills in a form by the names of its fields.
const answers = { name: 'Ada', color: 'green', ok: true, context: 'a test' };

export const capabilities = { elicitation: { form: {} }, sampling: {}, roots: { listChanged: true } };

export const replies = {
  elicit: ({ params }) => ({
    action: 'accept',
    content: Object.fromEntries(Object.keys(params.requestedSchema.properties).map((key) => [key, answers[key]])),
  }),
  sample: () => ({ role: 'assistant', model: 'tour', content: { type: 'text', text: 'Paris' } }),
  roots: () => ({ roots: [{ uri: 'file:///home/ada/project', name: 'project' }] }),
};

const names = (items, key) => items.map((item) => item[key]).sort();
const text = (result) => result.content.map((block) => block.text).join('\n');

// until waits for a condition; what does not come within half a minute is missing from the report.
async function until(ready) {
  for (let i = 0; i < 1200 && !ready(); i++) await new Promise((go) => setTimeout(go, 25));
}

// tooLate is the progress that the SDKs tell nobody else of: when they read the last one together with the answer, as on a busy machine,
// they take the answer first, and then know the token no more.
function tooLate(message) {
  const [, notification] = /^Received a progress notification for an unknown token: (.*)$/s.exec(message) ?? [];
  return notification ? [JSON.parse(notification).params.progress] : [];
}

async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error.code;
  }
}

export async function tour(adapter, request) {
  const seen = { logs: [], updated: [], toolsChanged: 0 };
  const client = await adapter.connect(request, seen);
  const call = (name, args = {}, options) => adapter.call(client, { name, arguments: args }, options);
  const report = { version: adapter.version(client) };

  report.tools = names((await client.listTools()).tools, 'name');
  report.prompts = names((await client.listPrompts()).prompts, 'name');
  report.resources = names((await client.listResources()).resources, 'uri');
  report.templates = names((await client.listResourceTemplates()).resourceTemplates, 'uriTemplate');

  report.text = text(await call('test_simple_text'));
  const failed = await call('test_error_handling');
  report.toolError = failed.isError === true ? text(failed) : 'none';
  const prompt = await client.getPrompt({ name: 'test_prompt_with_arguments', arguments: { arg1: 'one', arg2: 'two' } });
  report.prompt = prompt.messages.map((message) => message.content.text).join('\n');
  report.read = (await client.readResource({ uri: 'test://static-text' })).contents[0].text;
  report.fromTemplate = (await client.readResource({ uri: 'test://template/123/data' })).contents[0].text;
  const code = await failure(client.readResource({ uri: 'test://nowhere' }));
  report.notFound = code === -32602 || code === -32002; // whichever the SDK makes of it
  report.completion = (
    await client.complete({
      ref: { type: 'ref/prompt', name: 'test_prompt_with_arguments' },
      argument: { name: 'arg1', value: 'test' },
    })
  ).completion.values;

  report.progress = [];
  client.onerror = ({ message }) => report.progress.push(...tooLate(message));
  await call('test_tool_with_progress', {}, { onprogress: ({ progress }) => report.progress.push(progress) });
  await until(() => report.progress.length >= 3);

  await adapter.logs(client, call);
  await until(() => seen.logs.length >= 3);
  report.logs = seen.logs;

  report.elicited = text(await call('test_input_required_result_elicitation'));
  report.sampled = text(await call('test_input_required_result_sampling'));
  report.rooted = text(await call('test_input_required_result_list_roots'));
  report.several = text(await call('test_input_required_result_multiple_inputs'));
  report.rounds = text(await call('test_input_required_result_multi_round'));
  report.promptAsked = (await client.getPrompt({ name: 'test_input_required_result_prompt' })).messages[0].content.text;

  const unsubscribe = await adapter.subscribe(client, watched);
  await call('test_touch_watched_resource');
  await until(() => seen.updated.length > 0);
  await call('test_trigger_tool_change');
  await until(() => seen.toolsChanged > 0);
  report.updated = seen.updated;
  report.added = names((await client.listTools()).tools, 'name').filter((name) => !report.tools.includes(name));
  if (seen.toolsChanged === 0) report.added = ['no notification'];
  await unsubscribe();
  await client.close();

  report.cancelled = await cancel(adapter, request);
  return report;
}

// cancel lets go of a call that never ends by itself, and asks the server whether it has heard.
async function cancel(adapter, request) {
  const client = await adapter.connect({ era: request.era, ...request.waiter }, { logs: [], updated: [] });
  const abort = new AbortController();
  const waiting = adapter.call(
    client,
    { name: 'wait', arguments: {} },
    { signal: abort.signal, onprogress: () => abort.abort() },
  );
  await failure(waiting);
  const said = text(await adapter.call(client, { name: 'cancelled', arguments: {} }));
  await client.close();
  return said;
}

// run reads the request from the command line and prints the report.
export async function run(adapter) {
  const request = JSON.parse(process.argv[2]);
  try {
    process.stdout.write(JSON.stringify(await tour(adapter, request)), () => process.exit(0));
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}
