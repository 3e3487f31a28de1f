/**
 * A poll's options to vote on, and after the vote its result. The same wherever a poll is
 * shown: in the feed, on its own page, in a widget.
 */
import type { Poll } from '~/api/client';
import { Bars } from '~/results/Bars';
import { useLiveResults, useTrack } from '~/services';

export interface VotePanelProps {
  poll: Poll;
  /** Is it on the screen? Only then it is followed. */
  onScreen?: boolean;
  /** After a vote that the server has confirmed. */
  onVoted?: () => void;
}

export function VotePanel({ poll, onScreen = true }: VotePanelProps) {
  useTrack(poll.id, onScreen);
  const results = useLiveResults(poll.id).results ?? poll.results;
  if (results === null) return null;
  return <Bars options={poll.options} results={results} myVote={poll.myVote} />;
}
