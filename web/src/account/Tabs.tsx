/** The account's parts. Links, so that each has its address and the back button works. */
import { useLingui } from '@lingui/react/macro';
import { Link } from 'wouter';

export type Tab = 'profile' | 'votes' | 'skips' | 'polls';

/** Of a query like `?tab=votes`. A guest has no polls. */
export function tabOf(search: string, isGuest: boolean): Tab {
  const tab = new URLSearchParams(search).get('tab');
  if (tab === 'votes' || tab === 'skips') return tab;
  return tab === 'polls' && !isGuest ? tab : 'profile';
}

export function Tabs({ current, isGuest }: { current: Tab; isGuest: boolean }) {
  const { t } = useLingui();
  return (
    <nav aria-label={t`Parts of the account`} className="border-b border-line">
      <ul className="-mb-px flex flex-wrap gap-x-1">
        <TabLink
          href="/account"
          label={isGuest ? t`Overview` : t`Profile`}
          isHere={current === 'profile'}
        />
        <TabLink
          href="/account?tab=votes"
          label={t`My votes`}
          isHere={current === 'votes'}
        />
        <TabLink
          href="/account?tab=skips"
          label={t`Skipped`}
          isHere={current === 'skips'}
        />
        {!isGuest && (
          <TabLink
            href="/account?tab=polls"
            label={t`My polls`}
            isHere={current === 'polls'}
          />
        )}
      </ul>
    </nav>
  );
}

function TabLink({
  href,
  label,
  isHere,
}: {
  href: string;
  label: string;
  isHere: boolean;
}) {
  return (
    <li>
      <Link
        href={href}
        aria-current={isHere ? 'page' : undefined}
        className="inline-flex min-h-11 items-center border-b-2 border-transparent px-3 font-medium text-quiet hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink"
      >
        {label}
      </Link>
    </li>
  );
}
