// Signing in as any MCP client does (MCP 2026-07-28, basic/authorization): the server's challenge leads to its metadata (RFC 9728),
// that to the authorization server (RFC 8414), which registers this page (RFC 7591) and gives it a token for this server alone
// (RFC 8707, PKCE). Tokens live in this tab and end with it.
import { challenge } from './challenge.js';

const redirect = () => location.origin + location.pathname;
const kept = (name) => JSON.parse(sessionStorage.getItem(name) ?? 'null');
const keep = (name, value) => (value === null ? sessionStorage.removeItem(name) : sessionStorage.setItem(name, JSON.stringify(value)));

export const token = () => kept('session')?.access_token;

// who is what the access token says of its person, unverified: the server is the one that checks it.
export function who() {
  try {
    const payload = token().split('.')[1].replace(/-/g, '+').replace(/_/g, '/');
    const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (c) => c.charCodeAt(0))));
    return [claims.name ?? claims.email ?? claims.sub, claims.oid ?? claims.org_id].filter(Boolean).join(', ');
  } catch {
    return 'somebody, by a key or a token that tells no name';
  }
}

// use takes a token or key that a person has from elsewhere.
export const use = (access_token) => keep('session', { access_token });

export function signOut() {
  keep('session', null);
}

// signIn leaves the page for the authorization server. refused is the response that asked for it; clientID is for a server where
// no client registers itself.
export async function signIn(refused, clientID) {
  const asked = challenge(refused) ?? {};
  const resource = await metadata(asked.resource_metadata ?? `${location.origin}/.well-known/oauth-protected-resource`);
  const endpoint = new URL(document.body.dataset.endpoint, location.href).href;
  if (!covers(resource.resource, endpoint)) throw new Error(`the metadata is of ${resource.resource}, not of ${endpoint}: open this page by that address, or correct BASE_URL`);
  const issuer = resource.authorization_servers?.[0];
  if (!issuer) throw new Error('the server names no authorization server');
  const server = await serverMetadata(issuer);
  if (!server.code_challenge_methods_supported?.includes('S256')) throw new Error(`${issuer} does not offer PKCE`);
  const client = clientID ?? (await register(server));
  const before = kept('session')?.scope?.split(' ') ?? [];
  const wanted = asked.scope?.split(' ') ?? resource.scopes_supported ?? [];
  const scope = [...new Set([...before, ...wanted])].join(' ');
  const verifier = random();
  const state = random();
  keep('pending', { state, verifier, issuer, client, token: server.token_endpoint, resource: resource.resource, scope, hash: location.hash, iss: server.authorization_response_iss_parameter_supported });
  const to = new URL(server.authorization_endpoint);
  if (!/^https?:$/.test(to.protocol)) throw new Error(`${to} is no page`);
  const query = {
    response_type: 'code', client_id: client, redirect_uri: redirect(), state, resource: resource.resource,
    code_challenge: base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)))), code_challenge_method: 'S256',
    ...(scope && { scope }),
  };
  for (const [name, value] of Object.entries(query)) to.searchParams.set(name, value);
  location.assign(to);
}

// comeBack takes the answer out of the page's address, if there is one, and makes a session of it.
export async function comeBack() {
  const answer = new URLSearchParams(location.search);
  if (!answer.has('state')) return;
  const pending = kept('pending');
  keep('pending', null);
  history.replaceState(null, '', location.pathname + (pending?.hash ?? ''));
  if (pending === null || answer.get('state') !== pending.state) throw new Error('the answer belongs to no sign-in of this tab');
  if ((answer.has('iss') || pending.iss) && answer.get('iss') !== pending.issuer) throw new Error('another authorization server answered');
  if (answer.has('error')) throw new Error(answer.get('error_description') ?? answer.get('error'));
  await exchange(pending, { grant_type: 'authorization_code', code: answer.get('code'), redirect_uri: redirect(), code_verifier: pending.verifier });
}

// refresh gets a new token for one that was refused; false when that needs the person, and then the old one is gone.
export async function refresh() {
  const session = kept('session');
  try {
    if (!session?.refresh_token) throw new Error('there is nothing to refresh with');
    await exchange(session, { grant_type: 'refresh_token', refresh_token: session.refresh_token });
    return true;
  } catch {
    signOut();
    return false;
  }
}

async function exchange({ token, client, resource, scope, refresh_token }, form) {
  const response = await fetch(token, { method: 'POST', body: new URLSearchParams({ ...form, client_id: client, resource }), referrerPolicy: 'no-referrer' });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok || !answer.access_token) throw new Error(`no token: ${answer.error_description ?? answer.error ?? response.status}`);
  keep('session', { refresh_token, scope, ...answer, token, client, resource });
}

// register is done for every sign-in: a stand-in forgets its clients when it ends.
async function register(server) {
  if (!server.registration_endpoint) throw new Error('no client registers itself there: give the id of one that is registered, with this page as its redirect');
  const response = await fetch(server.registration_endpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      client_name: 'xmcpgo dev page', redirect_uris: [redirect()], token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], application_type: 'native',
    }),
  });
  const answer = await response.json().catch(() => ({}));
  if (!answer.client_id) throw new Error(`the registration failed: ${answer.error_description ?? answer.error ?? response.status}`);
  return answer.client_id;
}

// covers tells whether a resource stands for the endpoint: it is its URL, or a part of it that ends at a slash. With the metadata of
// another server the token would be made for that one (RFC 9728 section 3.3).
export function covers(resource, endpoint) {
  if (!URL.canParse(resource)) return false;
  const [r, e] = [new URL(resource), new URL(endpoint)];
  const path = (u) => `${u.pathname.replace(/\/+$/, '')}/`;
  return r.origin === e.origin && !r.search && !r.hash && !r.username && !r.password && path(e).startsWith(path(r));
}

async function metadata(url) {
  const response = await fetch(url, { cache: 'no-store' });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response.json();
}

// serverMetadata tries the places in the order of the specification. What is found must name the issuer by which it was found.
async function serverMetadata(issuer) {
  const { origin, pathname } = new URL(issuer);
  const path = pathname === '/' ? '' : pathname.replace(/\/$/, '');
  for (const url of [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ]) {
    const found = await metadata(url).catch(() => undefined);
    if (found?.issuer === issuer) return found;
  }
  throw new Error(`${issuer} describes itself nowhere, or does not let web pages ask; xmcpgo call signs in without one`);
}

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
