/**
 * What the tabs of one browser tell each other: that a poll was voted on or skipped, and that
 * somebody else is here. They share a session, so what one of them does is true in all.
 */

import { leave } from '~/browse/onTheWay';
import { forgetDraft } from '~/create/draftKey';
import { remembered } from '~/lib/remember';
import type { Services } from '~/services';
import { MARK, meQuery, type SessionChange } from '~/session/session';
import type { Choice } from '~/vote/choices';

type News = { pollId: number; choice: Choice } | { change: SessionChange };

/** @returns to stop it. */
export function talkToOtherTabs(services: Services): () => void {
  const { session, choices, client } = services;
  const listening = new AbortController();
  const { signal } = listening;
  let channel: BroadcastChannel | null = null;
  let isHearing = false;

  const hear = async (news: News) => {
    if ('pollId' in news) return hearChoice(services, news.pollId, news.choice);
    const me = await whoIsHere(services);
    if (me === undefined) return;
    if (me === null) session.hasExpired = news.change === 'expired';
    isHearing = true; // what was heard is not told on
    session.arrive(me, news.change);
    isHearing = false;
  };
  const open = () => {
    channel ??= new BroadcastChannel('pollux');
    channel.onmessage = ({ data }: MessageEvent<News>) => void hear(data);
  };
  // an open channel would keep the page out of the browser's back/forward cache
  const close = () => {
    channel?.close();
    channel = null;
  };
  const tell = (news: News) => isHearing || channel?.postMessage(news);

  /** What was said while nobody listened. */
  const catchUp = () => {
    const isGone = remembered(MARK) === null && client.getQueryData(meQuery.queryKey);
    if (!document.hidden && isGone) void hear({ change: 'left' });
  };
  open();
  choices.onMade = (pollId, choice) => tell({ pollId, choice });
  const stop = session.onChange((change) => {
    if (change === 'left') forgetDraft();
    tell({ change });
  });
  window.addEventListener('pagehide', close, { signal });
  window.addEventListener('pageshow', open, { signal });
  document.addEventListener('visibilitychange', catchUp, { signal });
  return () => {
    listening.abort();
    stop();
    close();
    choices.onMade = () => {};
  };
}

/** Skipped, it leaves the lists; voted on, it shows the vote, and its result where it is seen. */
function hearChoice(services: Services, pollId: number, choice: Choice): void {
  const { choices, client, live, ballots } = services;
  choices.set(pollId, choice);
  if (choice.skipped) leave(client, pollId);
  else if (live.wishes().polls.includes(pollId)) void ballots.lookUp(pollId);
}

/** undefined: still the same, or not to be learned now. */
async function whoIsHere({ session, client }: Services) {
  const before = client.getQueryData(meQuery.queryKey);
  session.era++; // an answer that is on its way is about who was here before
  const me = await client.fetchQuery({ ...meQuery, staleTime: 0 }).catch(() => undefined); // whoever needs it asks again
  return me?.id === before?.id ? undefined : me;
}
