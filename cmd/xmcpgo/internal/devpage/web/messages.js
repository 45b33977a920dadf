// The messages of this tab, newest first. Tokens are in headers, so they are not among them.
import { el, json } from './dom.js';

const most = 200;

export class Messages {
  #list = el('ol', { className: 'messages' });
  #count = el('span', {}, '0');

  constructor(place) {
    place.append(
      el('h2', {}, 'Messages ', this.#count),
      el('button', { type: 'button', onclick: () => this.clear() }, 'Clear'),
      this.#list);
  }

  add(direction, message, note = '') {
    const what = message.method ?? (message.error ? `error ${message.error.code}` : 'result');
    const name = message.params?.name ?? message.params?.uri ?? '';
    this.#list.prepend(
      el('li', { className: direction },
        el('details', {},
          el('summary', {}, el('span', { className: 'direction' }, direction === 'sent' ? 'sent' : 'got'), ` ${what} ${name} `, el('span', { className: 'hint' }, note)),
          json(message))));
    while (this.#list.childElementCount > most) this.#list.lastChild.remove();
    this.#count.textContent = String(this.#list.childElementCount);
  }

  clear() {
    this.#list.replaceChildren();
    this.#count.textContent = '0';
  }
}
