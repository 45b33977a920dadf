// Who this tab is to the server.
import { el, id } from './dom.js';
import * as oauth from './oauth.js';

export class Account {
  // panel takes the place of main while signing in is asked for; place says who is signed in.
  constructor(place, panel, main) {
    Object.assign(this, { place, panel, main });
    this.show();
  }

  show() {
    const signedIn = oauth.token() !== undefined;
    this.place.replaceChildren(...(signedIn
      ? [el('span', {}, `Signed in as ${oauth.who()}`), el('button', { type: 'button', onclick: () => this.signOut() }, 'Sign out')]
      : []));
  }

  signOut() {
    oauth.signOut();
    location.hash = '';
    location.reload();
  }

  // send makes a request; one that is refused for its token is made once more with a fresh one, and then asks the person.
  async send(request) {
    try {
      return await request();
    } catch (e) {
      if (e.response?.status !== 401) throw e;
      if (await oauth.refresh()) return await request();
      this.show();
      this.ask(e.response);
      throw new Error('the server asks you to sign in');
    }
  }

  asking(yes) {
    this.panel.hidden = !yes;
    this.main.hidden = yes;
  }

  // ask shows why and how to sign in.
  ask(response, trouble) {
    const field = id('client');
    const client = el('input', { id: field, type: 'text', autocomplete: 'off' });
    const given = id('token');
    const token = el('input', { id: given, type: 'password', autocomplete: 'off' });
    const useToken = (event) => {
      event.preventDefault();
      oauth.use(token.value.trim());
      location.reload();
    };
    this.panel.replaceChildren(el('div', {},
      el('h2', { tabIndex: -1 }, 'This server asks who you are'),
      el('p', {}, 'Sign in as a client does: at the authorization server that it names.'),
      trouble && el('p', { className: 'problem', role: 'alert' }, trouble),
      el('button', { type: 'button', className: 'primary', onclick: () => this.signIn(response, client.value.trim() || undefined) }, 'Sign in'),
      el('details', {}, el('summary', {}, 'With a client that is registered by hand'),
        el('div', { className: 'field' }, el('label', { htmlFor: field }, 'Client id'), client,
          el('p', { className: 'hint' }, `Its redirect URI is ${location.origin}${location.pathname}`))),
      el('details', {}, el('summary', {}, 'With a key or a token that you have'),
        el('form', { onsubmit: useToken },
          el('div', { className: 'field' }, el('label', { htmlFor: given }, 'Key or token'), token,
            el('p', { className: 'hint' }, 'It is sent as Authorization: Bearer, and forgotten with this tab.')),
          el('button', { type: 'submit' }, 'Use it')))));
    this.asking(true);
    this.panel.querySelector('h2').focus();
  }

  async signIn(response, client) {
    try {
      await oauth.signIn(response, client);
    } catch (e) {
      this.ask(response, `That did not work: ${e.message}`);
    }
  }
}
