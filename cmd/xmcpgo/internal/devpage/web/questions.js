// Questions of a call (MCP 2026-07-28, basic/patterns/mrtr): forms, pages to open, and messages for the model, whose part the person plays.
import { code, el, id } from './dom.js';
import { object } from './form.js';
import { Problem } from './problem.js';

// ask shows all questions of one round in a place, and returns the answers by their keys.
export async function ask(place, requests) {
  const answers = {};
  for (const [key, request] of Object.entries(requests)) {
    answers[key] = await new Promise((answer) => show(place, request, answer));
  }
  place.replaceChildren();
  return answers;
}

function show(place, { method, params }, answer) {
  const make = { 'elicitation/create': params.mode === 'url' ? page : form, 'sampling/createMessage': sample }[method] ?? unknown;
  const title = id('question');
  const { element, submit, label, refuse } = make(params, answer, method);
  const problem = new Problem();
  const card = el('form', {
    className: 'question', 'aria-labelledby': title, noValidate: true,
    onsubmit: (event) => {
      event.preventDefault();
      problem.guard(() => answer(submit()));
    },
  },
    el('h3', { id: title, tabIndex: -1 }, params.message ?? 'The tool asks the model'),
    element, problem.element,
    el('div', { className: 'buttons' },
      submit && el('button', { type: 'submit', className: 'primary' }, label),
      refuse.map(([text, value]) => el('button', { type: 'button', onclick: () => answer(value) }, text))));
  place.replaceChildren(card);
  card.querySelector('h3').focus();
}

const refusals = [
  ['Decline', { action: 'decline' }],
  ['Cancel', { action: 'cancel' }],
];

function form({ requestedSchema }) {
  const fields = object(requestedSchema ?? {});
  return { element: fields.element, submit: () => ({ action: 'accept', content: fields.read() }), label: 'Answer', refuse: refusals };
}

function page({ url }) {
  const safe = /^https?:\/\//i.test(url);
  return {
    element: el('p', {}, 'The tool asks you to open ', safe ? el('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, url) : code(url)),
    submit: () => ({ action: 'accept' }), label: 'I agree', refuse: refusals,
  };
}

function sample({ messages, systemPrompt, maxTokens }) {
  const field = id('answer');
  const control = el('textarea', { id: field, rows: 4 });
  return {
    element: el('div', {},
      systemPrompt && el('pre', { tabIndex: 0 }, systemPrompt),
      messages.map((m) => el('div', { className: 'message' }, el('p', { className: 'role' }, m.role), el('pre', { tabIndex: 0 }, texts(m.content)))),
      el('div', { className: 'field' }, el('label', { htmlFor: field }, `The model's answer, at most ${maxTokens} tokens`), control)),
    submit: () => ({ role: 'assistant', model: 'a person', stopReason: 'endTurn', content: { type: 'text', text: control.value } }), label: 'Answer as the model', refuse: [],
  };
}

const texts = (content) => [content].flat().map((c) => c.text ?? JSON.stringify(c)).join('\n');

function unknown(params, answer, method) {
  return { element: el('p', {}, 'This page cannot answer ', code(method), '.'), refuse: [['Cancel', { action: 'cancel' }]] };
}
