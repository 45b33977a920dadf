// Forms made from JSON Schemas. They help to write a value and do not judge it: the server does, and its words are worth seeing. A
// field is {element, read()}; read returns undefined for what was left out and throws Unreadable for what is no value at all.
import { el, id } from './dom.js';
import { choices, kind, resolve, rules } from './schema.js';

export class Unreadable extends Error {
  constructor(control, message) {
    super(message);
    this.control = control;
  }
}

// object makes the fields of an object's properties.
export function object(schema, root = schema) {
  schema = resolve(schema, root);
  const required = new Set(schema.required);
  const fields = Object.entries(schema.properties ?? {}).map(([name, property]) => [name, field(name, property, root, required.has(name))]);
  return {
    element: el('div', { className: 'fields' }, fields.map(([, f]) => f.element)),
    read: () => Object.fromEntries(fields.map(([name, f]) => [name, f.read()]).filter(([, value]) => value !== undefined)),
    set: (name, value) => fields.find(([n]) => n === name)?.[1].set?.(value),
  };
}

function field(name, schema, root, required) {
  schema = resolve(schema, root);
  const make = { text, number, boolean, choice, choices: several, object: nested, list, json: raw }[kind({ ...schema, items: schema.items && resolve(schema.items, root) })];
  return make({ name, schema, root, required });
}

// labelled puts a control under its name, with what is said of it.
function labelled({ name, schema, required }, control, more) {
  const hint = id('hint');
  control.id ||= id('field');
  const said = [schema.description, rules(schema)].filter(Boolean);
  if (said.length > 0) control.setAttribute('aria-describedby', hint);
  if (required) control.setAttribute('aria-required', 'true');
  return el('div', { className: 'field' },
    el('label', { htmlFor: control.id }, schema.title ?? name, required ? el('span', { className: 'required' }, ' required') : undefined),
    control, more,
    said.length > 0 && el('p', { className: 'hint', id: hint }, said.join(' · ')));
}

function text(spec) {
  const { schema } = spec;
  const long = !schema.format && !schema.pattern && !(schema.maxLength <= 200);
  const control = long ? el('textarea', { rows: 3 }) : el('input', { type: 'text', placeholder: schema.format === 'date-time' ? '2026-11-23T09:00:00Z' : '' });
  control.autocomplete = 'off';
  // An empty text is a text where it must be given; elsewhere it is left out.
  return { element: labelled(spec, control), read: () => (control.value === '' && !spec.required ? undefined : control.value), set: (v) => (control.value = v), control };
}

function number(spec) {
  const control = el('input', { type: 'text', inputMode: 'decimal', autocomplete: 'off' });
  const read = () => {
    const given = control.value.trim();
    if (given === '') return undefined;
    if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(given)) throw new Unreadable(control, `${spec.name}: ${given} is no number`);
    // Every digit goes out, where the browser can do that.
    return JSON.rawJSON ? JSON.rawJSON(given) : Number(given);
  };
  return { element: labelled(spec, control), read };
}

function boolean(spec) {
  if (spec.required) {
    const control = el('input', { type: 'checkbox', checked: spec.schema.default === true });
    return { element: labelled(spec, control), read: () => control.checked };
  }
  return choice({ ...spec, schema: { ...spec.schema, enum: [true, false], enumNames: ['yes', 'no'] } });
}

function choice(spec) {
  const offered = choices(spec.schema);
  const control = el('select', {},
    spec.required ? undefined : el('option', { value: '' }, 'left out'),
    offered.map(({ title, value }, i) => el('option', { value: String(i), selected: spec.required && value === spec.schema.default }, title)));
  return { element: labelled(spec, control), read: () => offered[control.value === '' ? -1 : Number(control.value)]?.value };
}

function group({ name, schema, required }, ...children) {
  return el('fieldset', {},
    el('legend', {}, schema.title ?? name, required ? el('span', { className: 'required' }, ' required') : undefined),
    schema.description && el('p', { className: 'hint' }, schema.description),
    ...children);
}

function several(spec) {
  const offered = choices(resolve(spec.schema.items, spec.root));
  const boxes = offered.map(({ title }) => {
    const box = el('input', { type: 'checkbox', id: id('choice') });
    return { box, row: el('div', { className: 'choice' }, box, el('label', { htmlFor: box.id }, title)) };
  });
  return {
    element: group(spec, boxes.map((b) => b.row)),
    read: () => {
      const chosen = offered.filter((_, i) => boxes[i].box.checked).map((o) => o.value);
      return chosen.length === 0 && !spec.required ? undefined : chosen;
    },
  };
}

// nested objects that may be left out begin so, which also ends the recursion of types that hold themselves.
function nested(spec) {
  let inner;
  const place = el('div');
  const fill = () => {
    inner = object(spec.schema, spec.root);
    place.replaceChildren(inner.element, ...(spec.required ? [] : [el('button', { type: 'button', onclick: clear }, `Leave ${spec.name} out`)]));
  };
  const clear = () => {
    inner = undefined;
    place.replaceChildren(el('button', { type: 'button', onclick: fill }, `Add ${spec.name}`));
  };
  if (spec.required) fill();
  else clear();
  return { element: group(spec, place), read: () => inner?.read() };
}

function list(spec) {
  const rows = [];
  const body = el('div', { className: 'rows' });
  const add = () => {
    const row = field(`${spec.name} ${rows.length + 1}`, spec.schema.items, spec.root, true);
    rows.push(row);
    row.line = el('div', { className: 'row' }, row.element, el('button', { type: 'button', onclick: () => remove(row), 'aria-label': `Remove an item of ${spec.name}` }, 'Remove'));
    body.append(row.line);
    row.line.querySelector('input, textarea, select')?.focus();
  };
  const remove = (row) => {
    rows.splice(rows.indexOf(row), 1);
    row.line.remove();
    more.focus();
  };
  const more = el('button', { type: 'button', onclick: add }, `Add an item to ${spec.name}`);
  return { element: group(spec, body, more), read: () => (rows.length === 0 && !spec.required ? undefined : rows.map((r) => r.read())) };
}

function raw(spec) {
  const control = el('textarea', { rows: 4, className: 'code', placeholder: 'JSON', spellcheck: false });
  const read = () => (control.value.trim() === '' ? undefined : parse(control, spec.name));
  return { element: labelled(spec, control), read };
}

export function parse(control, name) {
  try {
    return JSON.parse(control.value);
  } catch (e) {
    throw new Unreadable(control, `${name}: ${e.message}`);
  }
}
