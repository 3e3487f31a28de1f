/** The question and its options, as large as the screen allows. */
import { Trans, useLingui } from '@lingui/react/macro';
import type { Poll } from '~/api/client';
import { languageOf } from '~/lib/language';
import type { PollResults } from '~/vote/usePollResults';
import { BigBars } from './BigBars';
import { useFit } from './useFit';

interface SheetProps {
  poll: Poll;
  now: PollResults;
  isRevealed: boolean;
}

export function Sheet({ poll, now, isRevealed }: SheetProps) {
  const { i18n } = useLingui();
  const isWithheld = isRevealed && now.results === null;
  const isFinal = now.status === 'closed';
  const digits = String(now.results?.totalVotes ?? 0).length;
  const { frame, title, options } = useFit(
    [digits, isRevealed, isWithheld, isFinal].join(),
  );
  const language = languageOf(
    [poll.title, ...poll.options.map(({ text }) => text)].join(' \n'),
  );
  return (
    <div
      ref={frame}
      lang={language}
      className="flex min-h-0 min-w-0 flex-col gap-[2.5vmin]"
    >
      <h1
        ref={title}
        dir="auto"
        className="shrink-0 overflow-hidden pb-[0.1em] leading-[1.15] font-bold text-balance"
      >
        {poll.title}
      </h1>
      {isWithheld && (
        <div lang={i18n.locale} className="shrink-0">
          <Withheld poll={poll} now={now} />
        </div>
      )}
      <BigBars
        ref={options}
        options={poll.options}
        results={isRevealed ? now.results : null}
        isFinal={isFinal}
      />
    </div>
  );
}

/** Why there is nothing to reveal. */
function Withheld({ poll, now }: { poll: Poll; now: PollResults }) {
  return (
    <p className="text-lg font-semibold text-warn">
      {!now.isHidden ? (
        <Trans>The counts are not here yet. They come in a moment.</Trans>
      ) : poll.resultsVisibility === 'after_close' ? (
        <Trans>The result is shown when the poll closes.</Trans>
      ) : (
        <Trans>Only people who have voted can see the result.</Trans>
      )}
    </p>
  );
}
