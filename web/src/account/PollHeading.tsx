/** A poll in a list of what one has done: its question, a link to it, and when that was. */
import { useLingui } from '@lingui/react/macro';
import { Link } from 'wouter';

interface PollHeadingProps {
  poll: { id: number; title: string };
  at: string;
  className: string;
}

export function PollHeading({ poll, at, className }: PollHeadingProps) {
  const { i18n } = useLingui();
  return (
    <div className={className}>
      <h2 dir="auto" className="font-semibold">
        <Link href={`/p/${poll.id}`} className="inline-block py-1 hover:underline">
          {poll.title}
        </Link>
      </h2>
      <time dateTime={at} className="text-sm text-quiet">
        {i18n.date(at, { dateStyle: 'medium', timeStyle: 'short' })}
      </time>
    </div>
  );
}
