// failure shows why a request has no result, and what a person can do about it.
import { challenge } from './challenge.js';
import { code, el, json } from './dom.js';

export function failure(error, account) {
  const asked = challenge(error.response);
  if (asked?.error === 'insufficient_scope') {
    return el('div', { className: 'result failed' },
      el('h3', {}, 'A scope is missing'),
      el('p', {}, 'The server asks for ', code(asked.scope ?? ''), '.'),
      el('button', { type: 'button', className: 'primary', onclick: () => account.signIn(error.response) }, 'Ask for it'));
  }
  return el('div', { className: 'result failed' },
    el('h3', {}, error.code === undefined ? 'No answer' : `Error ${error.code}`),
    el('p', {}, error.message),
    error.data !== undefined && json(error.data));
}
