// One request of the person, from the button to the result: progress and log lines as they come, questions, cancelling.
import { el } from './dom.js';
import { ask } from './questions.js';
import { failure } from './failure.js';

// Run is the part of a view below its form. server is the endpoint; show(result) makes an element of a result.
export class Run {
  constructor({ server, method, name, show, account }) {
    Object.assign(this, { server, method, name, show, account });
    this.state = el('p', { className: 'state', role: 'status' });
    this.bar = el('progress', { hidden: true, 'aria-label': 'Progress' });
    this.log = el('ol', { className: 'log', hidden: true, 'aria-label': 'Log of the call', tabIndex: 0 });
    this.place = el('div');
    this.outcome = el('div', { 'aria-live': 'polite' });
    this.cancel = el('button', { type: 'button', hidden: true, onclick: () => this.abort.abort() }, 'Cancel the call');
    this.element = el('div', { className: 'run' }, this.cancel, this.state, this.bar, this.log, this.place, this.outcome);
  }

  // start sends the request, again with the answers as long as the server asks. A second start ends the first.
  async start(params, headers) {
    this.abort?.abort();
    const { signal } = (this.abort = new AbortController());
    this.log.replaceChildren();
    this.log.hidden = this.bar.hidden = true;
    this.outcome.replaceChildren();
    this.place.replaceChildren();
    this.cancel.hidden = false;
    this.state.textContent = 'Running…';
    const began = performance.now();
    try {
      let sent = params;
      for (;;) {
        const result = await this.account.send(() =>
          this.server.request(this.method, sent, { name: this.name(params), headers, logLevel: 'debug', signal, onNotification: (n) => this.#hear(n) }));
        if (result.resultType !== 'input_required') {
          this.state.textContent = `Done in ${Math.round(performance.now() - began)} ms.`;
          this.outcome.replaceChildren(this.show(result));
          return;
        }
        this.state.textContent = 'The server asks.';
        const inputResponses = await this.#answers(result.inputRequests ?? {}, signal);
        this.state.textContent = 'Running again, with the answer…';
        sent = { ...params, inputResponses, ...(result.requestState !== undefined && { requestState: result.requestState }) };
      }
    } catch (e) {
      if (signal.aborted) {
        if (this.abort.signal === signal) this.state.textContent = 'Cancelled.';
        return;
      }
      this.state.textContent = 'Failed.';
      this.outcome.replaceChildren(failure(e, this.account));
    } finally {
      if (this.abort.signal === signal) {
        this.cancel.hidden = true;
        this.bar.hidden = true;
        this.place.replaceChildren();
      }
    }
  }

  #answers(requests, signal) {
    return new Promise((answered, gone) => {
      signal.addEventListener('abort', () => gone(signal.reason), { once: true });
      ask(this.place, requests).then(answered, gone);
    });
  }

  #hear({ method, params }) {
    if (method === 'notifications/progress') {
      this.bar.hidden = false;
      if (params.total === undefined) this.bar.removeAttribute('value');
      else Object.assign(this.bar, { max: params.total, value: params.progress });
      this.state.textContent = `${params.progress}${params.total === undefined ? '' : ` of ${params.total}`}${params.message ? `: ${params.message}` : ''}`;
    } else if (method === 'notifications/message') {
      this.log.hidden = false;
      const { message, ...rest } = typeof params.data === 'object' && params.data !== null ? params.data : { message: params.data };
      this.log.append(el('li', {}, el('span', { className: `level ${params.level}` }, params.level), ` ${message ?? ''} `,
        Object.keys(rest).length > 0 && el('code', {}, JSON.stringify(rest))));
    }
  }
}
