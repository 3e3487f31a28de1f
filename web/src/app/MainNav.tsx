/** Where one can go: in the header, and on a phone at the bottom, within the thumb's reach. */
import { useLingui } from '@lingui/react/macro';
import { Link, useLocation } from 'wouter';
import { useMe } from '~/session/session';
import { Icon, type IconName } from '~/ui/Icon';

export function MainNav() {
  const { t } = useLingui();
  return (
    <nav aria-label={t`Main`} className="frame-nav">
      <ul className="mx-auto flex h-full items-stretch max-sm:max-w-lg sm:gap-1">
        <NavLink href="/" icon="polls" label={t`Polls`} />
        <NavLink href="/leaderboard" icon="trophy" label={t`Leaderboard`} />
        <NavLink href="/new" icon="plus" label={t`New poll`} />
        <AccountLink />
      </ul>
    </nav>
  );
}

function AccountLink() {
  const { t } = useLingui();
  const me = useMe();
  if (me == null)
    return <NavLink href="/sign-in" icon="user" label={t`Sign in`} also="/register" />;
  return <NavLink href="/account" icon="user" label={me.username ?? t`Guest`} />;
}

interface NavLinkProps {
  href: string;
  icon: IconName;
  label: string;
  /** Another screen that belongs to it. */
  also?: string;
}

function NavLink({ href, icon, label, also }: NavLinkProps) {
  const [path] = useLocation();
  const isHere = path === href || path === also;
  return (
    <li className="min-w-[44px] grow last:shrink-[99]">
      <Link
        href={href}
        aria-current={isHere ? 'page' : undefined}
        className="flex h-full flex-col items-center justify-center gap-0.5 border-accent px-1 text-quiet hover:text-ink aria-[current=page]:text-accent max-sm:border-t-2 max-sm:not-aria-[current=page]:border-transparent sm:flex-row sm:gap-2 sm:border-b-2 sm:px-3 sm:not-aria-[current=page]:border-transparent"
      >
        <Icon name={icon} />
        <span
          dir="auto"
          className="max-w-full truncate text-xs font-medium sm:max-w-40 sm:text-base sm:max-lg:sr-only"
        >
          {label}
        </span>
      </Link>
    </li>
  );
}
