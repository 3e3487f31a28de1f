/** The tags in use, most used first; those that were chosen stand before them. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { tagsQuery } from '~/api/queries';
import { type Filter, hrefOf, toggleTag } from '~/feed/filter';
import { chipClass } from '~/ui/chip';

const MOST = 30;

export function TagChips({ filter, className }: { filter: Filter; className: string }) {
  const { t } = useLingui();
  const { data = [] } = useQuery(tagsQuery);
  const others = data.map(({ tag }) => tag).filter((tag) => !filter.tags.includes(tag));
  return (
    <ul
      aria-label={t`Tags`}
      className={`fade-right flex h-full min-w-0 grow items-center gap-2 overflow-x-auto px-1 ${className}`}
    >
      <Chip href={hrefOf({ ...filter, tags: [] })} isChosen={filter.tags.length === 0}>
        <Trans>All</Trans>
      </Chip>
      {[...filter.tags, ...others.slice(0, MOST)].map((tag) => (
        <Chip
          key={tag}
          href={hrefOf(toggleTag(filter, tag))}
          isChosen={filter.tags.includes(tag)}
        >
          {tag}
        </Chip>
      ))}
    </ul>
  );
}

interface ChipProps {
  href: string;
  isChosen: boolean;
  children: React.ReactNode;
}

function Chip({ href, isChosen, children }: ChipProps) {
  return (
    <li className="shrink-0">
      <Link href={href} aria-current={isChosen ? 'true' : undefined} className={chipClass}>
        {children}
      </Link>
    </li>
  );
}
