// What the page shows of one item: a tool, a prompt, a resource or a resource template.
import { contents, messages, toolResult } from './content.js';
import { code, el, id, json } from './dom.js';
import { object, parse } from './form.js';
import { paramHeaders } from './paramheaders.js';
import { Problem } from './problem.js';
import { Run } from './run.js';
import { suggest } from './suggest.js';
import { expand, variables } from './uritemplate.js';

const head = (item, name, marks = []) => [
  el('h2', { tabIndex: -1 }, item.title ?? item.name ?? name),
  el('p', { className: 'name' }, (item.title ?? item.name) !== name && code(name), marks.map((m) => el('span', { className: 'mark' }, m))),
  item.description && el('p', { className: 'description' }, item.description),
];

const schemas = (title, schema) => schema && el('details', {}, el('summary', {}, title), json(schema));

export function tool(item, page) {
  const { server, account, read } = page;
  const fields = object(item.inputSchema);
  const run = new Run({ server, account, method: 'tools/call', name: () => item.name, show: (result) => toolResult(result, read) });
  const problem = new Problem();
  const field = id('json');
  const text = el('textarea', { id: field, rows: 8, className: 'code', spellcheck: false });
  const asJSON = el('div', { className: 'field', hidden: true }, el('label', { htmlFor: field }, 'Arguments as JSON'), text);
  const current = () => (asJSON.hidden ? fields.read() : parse(text, 'arguments'));
  const change = el('button', {
    type: 'button',
    onclick: () => problem.guard(() => {
      if (asJSON.hidden) text.value = JSON.stringify(fields.read(), null, 2);
      asJSON.hidden = !asJSON.hidden;
      fields.element.hidden = !asJSON.hidden;
      change.textContent = asJSON.hidden ? 'Write JSON' : 'Fill in the form';
    }),
  }, 'Write JSON');
  const empty = Object.keys(item.inputSchema?.properties ?? {}).length === 0;
  const submit = (event) => {
    event.preventDefault();
    const args = problem.guard(current);
    if (args !== undefined) run.start({ name: item.name, arguments: args }, paramHeaders(item.inputSchema, args));
  };
  const { readOnlyHint: reads, destructiveHint: destroys } = item.annotations ?? {};
  const marks = [reads && 'only reads', !reads && destroys && 'destructive'].filter(Boolean);
  return el('article', {},
    head(item, item.name, marks),
    el('form', { noValidate: true, onsubmit: submit, 'aria-label': `Arguments of ${item.name}` },
      empty && el('p', { className: 'hint' }, 'It takes no arguments.'),
      fields.element, asJSON, problem.element,
      el('div', { className: 'buttons' }, el('button', { type: 'submit', className: 'primary' }, 'Run'), change)),
    run.element,
    schemas('Input schema', item.inputSchema), schemas('Output schema', item.outputSchema));
}

// words makes a form of texts, which the server completes.
function words(names, { server, ref, required = () => true, describe = () => undefined }) {
  const schema = {
    properties: Object.fromEntries(names.map((name) => [name, { type: 'string', maxLength: 200, description: describe(name) }])),
    required: names.filter(required),
  };
  const fields = object(schema);
  const given = () => Object.fromEntries(Object.entries(fields.read()).filter(([, value]) => value !== ''));
  for (const [i, input] of [...fields.element.querySelectorAll('input')].entries()) {
    input.after(suggest(input, server, ref, names[i], given));
    input.removeAttribute('placeholder');
  }
  return { element: el('div', {}, fields.element), given };
}

export function prompt(item, { server, account }) {
  const args = item.arguments ?? [];
  const of = (name) => args.find((a) => a.name === name);
  const fields = words(args.map((a) => a.name), {
    server, ref: { type: 'ref/prompt', name: item.name }, required: (name) => of(name).required, describe: (name) => of(name).description,
  });
  const run = new Run({ server, account, method: 'prompts/get', name: () => item.name, show: messages });
  const submit = (event) => {
    event.preventDefault();
    run.start({ name: item.name, arguments: fields.given() });
  };
  return el('article', {},
    head(item, item.name),
    el('form', { noValidate: true, onsubmit: submit, 'aria-label': `Arguments of ${item.name}` }, fields.element,
      el('div', { className: 'buttons' }, el('button', { type: 'submit', className: 'primary' }, 'Get the messages'))),
    run.element);
}

export function resource(item, { server, account }) {
  const template = item.uriTemplate;
  const names = template ? variables(template) : [];
  const fields = words(names, { server, ref: { type: 'ref/resource', uri: template } });
  const show = (result) => el('div', { className: 'result' }, el('h3', {}, 'Contents'), (result.contents ?? []).map(contents));
  const run = new Run({ server, account, method: 'resources/read', name: ({ uri }) => uri, show });
  const submit = (event) => {
    event?.preventDefault();
    return run.start({ uri: template ? expand(template, fields.given()) : item.uri });
  };
  const view = el('article', {},
    head(item, template ?? item.uri, item.mimeType ? [item.mimeType] : []),
    el('form', { noValidate: true, onsubmit: submit, 'aria-label': `Address of ${item.name ?? item.uri}` }, fields.element,
      el('div', { className: 'buttons' }, el('button', { type: 'submit', className: 'primary' }, 'Read'))),
    run.element);
  view.start = submit;
  return view;
}
