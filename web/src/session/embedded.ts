/**
 * The session of a widget in somebody else's page. Its cookie does not come along there, so
 * the guest's token is kept in the frame's own storage, which browsers hold apart for every
 * host, and which all widgets in its pages share; where storage is forbidden, it lasts as
 * long as the frame. A token is changed for a new one when half of its time has gone.
 */
import { api, bearerToken, checkSession, data, setBearer } from '~/api/client';
import { now } from '~/lib/clock';
import { remember, remembered } from '~/lib/remember';
import { keepInUse } from './renewal';
import { RENEWED } from './renewed';
import type { Session, TokenKeeper } from './session';

const KEY = 'token';
const TIMEOUT_MS = 15_000;
/** Half of nothing is nothing: a renewal that fails is not tried again more often. */
const SOONEST_MS = 5000;
/** A timer does not take more than 24 days. */
const LATEST_MS = 24 * 3600_000;

let renewing: ReturnType<typeof setTimeout> | undefined;

function hold(token: string, expiresAt: string): void {
  setBearer(token);
  remember(KEY, `${expiresAt} ${token}`);
  renewLater(expiresAt);
}

function renewLater(expiresAt: string): void {
  const half = (Date.parse(expiresAt) - now()) / 2;
  const wait = Math.min(LATEST_MS, Math.max(SOONEST_MS, half));
  clearTimeout(renewing);
  renewing = setTimeout(() => void renew(expiresAt), wait);
}

async function renew(expiresAt: string): Promise<void> {
  const before = bearerToken();
  const granted = await data(api.POST('/api/auth/refresh')).catch(() => null);
  if (bearerToken() !== before) return; // its session has ended meanwhile
  if (granted !== null) {
    hold(granted.token, granted.expiresAt);
    dispatchEvent(new Event(RENEWED));
  } else if (Date.parse(expiresAt) > now()) renewLater(expiresAt);
  else void checkSession();
}

/** A frame in a page of our own site has the cookie, and then needs no token. */
async function cookieWorks(): Promise<boolean> {
  try {
    // not by the client, which takes a 401 for the end of the session
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return (await fetch('/api/users/me', { signal })).ok;
  } catch {
    return false;
  }
}

const keeper: TokenKeeper = {
  async keep({ token, expiresAt }) {
    if (!(await cookieWorks())) hold(token, expiresAt);
  },
  find() {
    if (bearerToken() === null) restore();
  },
  drop() {
    clearTimeout(renewing);
    setBearer(null);
    remember(KEY, null);
  },
};

/** Goes on with the frame's session of an earlier visit, unless that has expired. */
function restore(): void {
  const [expiresAt = '', token = ''] = (remembered(KEY) ?? '').split(' ');
  if (token !== '' && Date.parse(expiresAt) > now()) hold(token, expiresAt);
  else keeper.drop();
}

/** Before the widget's first call. */
export function embed(session: Session): void {
  if (session.tokens !== null) return;
  session.tokens = keeper;
  keepInUse(session);
  restore();
  window.addEventListener('storage', ({ key }) => {
    if (key !== `pollux.${KEY}` || bearerToken() !== null) return;
    restore();
    if (bearerToken() !== null) void session.recognise(); // a guest came by another widget
  });
}
