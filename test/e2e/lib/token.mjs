// Makes tokens as the server signs them, with any times.
import { createHmac } from 'node:crypto';
import { JWT_SECRET } from './server.mjs';

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

export const seconds_now = () => Math.floor(Date.now() / 1000);

/** A token with these claims, in this order: sub, iat, exp, kind, and sid for a cookie. */
export function sign_token(claims) {
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${createHmac('sha256', JWT_SECRET).update(text).digest('base64url')}`;
}

export function claims_of(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
}

/** What Set-Cookie holds: undefined where no session is set, '' where it is cleared. */
export function session_of(answer) {
  const cookies = [answer.headers['set-cookie'] ?? []].flat();
  const sessions = cookies.filter((cookie) => cookie.startsWith('pollux_session='));
  if (sessions.length > 1) throw new Error(`several sessions: ${sessions}`);
  return sessions[0]?.split(';')[0].slice('pollux_session='.length);
}
