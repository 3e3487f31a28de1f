/**
 * The session of a widget in somebody else's page. Its cookie does not come along there, so
 * the guest's token is kept in the frame's own storage, which browsers hold apart for every
 * host; where storage is forbidden, it lasts as long as the frame.
 */
import { setBearer } from '~/api/client';
import { remember, remembered } from '~/lib/remember';
import type { Session, TokenKeeper } from './session';

const KEY = 'token';
const TIMEOUT_MS = 15_000;

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
    if (await cookieWorks()) return;
    setBearer(token);
    remember(KEY, `${expiresAt} ${token}`);
  },
  drop() {
    setBearer(null);
    remember(KEY, null);
  },
};

/** Goes on with the frame's session of an earlier visit, unless that has expired. */
function restore(): void {
  const [expiresAt = '', token = ''] = (remembered(KEY) ?? '').split(' ');
  if (token !== '' && Date.parse(expiresAt) > Date.now()) setBearer(token);
  else keeper.drop();
}

/** Before the widget's first call. */
export function embed(session: Session): void {
  if (session.tokens !== null) return;
  session.tokens = keeper;
  restore();
}
