import { el } from './dom.js';
import { Unreadable } from './form.js';

// Problem is the place where a form says what cannot be read.
export class Problem {
  element = el('p', { className: 'problem', role: 'alert', hidden: true });

  // guard runs f; a value that cannot be read is named, and its field gets the focus.
  guard(f) {
    this.clear();
    try {
      return f();
    } catch (e) {
      if (!(e instanceof Unreadable)) throw e;
      this.say(e.message);
      this.#field = e.control;
      e.control.setAttribute('aria-invalid', 'true');
      e.control.addEventListener('input', () => this.clear(), { once: true });
      e.control.focus();
      return undefined;
    }
  }

  #field;

  say(text) {
    this.element.textContent = text;
    this.element.hidden = false;
  }

  clear() {
    this.#field?.removeAttribute('aria-invalid');
    this.element.hidden = true;
    this.element.textContent = '';
  }
}
