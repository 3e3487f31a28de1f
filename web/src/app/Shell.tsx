/** What is around every screen but the projector's and the widget's. */
import { Trans, useLingui } from '@lingui/react/macro';
import { type ReactNode, useState } from 'react';
import { Link, useRoute } from 'wouter';
import { LiveBadge } from '~/live/LiveBadge';
import { useMe } from '~/session/session';
import { buttonClass, IconButton } from '~/ui/Button';
import { Icon, type IconName } from '~/ui/Icon';
import { Settings } from './Settings';

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useLingui();
  const [settings, setSettings] = useState(false);
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:z-20 focus:bg-card focus:p-3"
      >
        <Trans>To the content</Trans>
      </a>
      <header className="sticky top-0 z-10 border-b border-line bg-ground">
        <nav
          aria-label={t`Main`}
          className="mx-auto flex h-14 max-w-5xl items-center gap-1 px-3 sm:gap-2"
        >
          <Link href="/" className="mr-auto flex items-center gap-2 text-lg font-bold">
            <img src="/favicon.svg" alt="" className="size-7" />
            <span className="max-[26rem]:sr-only">Pollux</span>
          </Link>
          <LiveBadge />
          <NavLink href="/leaderboard" icon="trophy" label={t`Leaderboard`} />
          <AccountLink />
          <NavLink href="/new" icon="plus" label={t`New poll`} isPrimary />
          <IconButton icon="menu" label={t`Settings`} onClick={() => setSettings(true)} />
        </nav>
      </header>
      {children}
      {settings && <Settings onClose={() => setSettings(false)} />}
    </div>
  );
}

function AccountLink() {
  const { t } = useLingui();
  const me = useMe();
  const isUser = me?.kind === 'user';
  return (
    <NavLink
      href={isUser ? '/account' : '/sign-in'}
      icon="user"
      label={isUser ? (me.username ?? t`Account`) : t`Sign in`}
    />
  );
}

interface NavLinkProps {
  href: string;
  icon: IconName;
  label: string;
  isPrimary?: boolean;
}

/** Words where there is room for them, else the picture with its name. */
function NavLink({ href, icon, label, isPrimary = false }: NavLinkProps) {
  const [isHere] = useRoute(href);
  return (
    <Link
      href={href}
      aria-current={isHere ? 'page' : undefined}
      className={buttonClass(
        isPrimary ? 'primary' : 'quiet',
        `min-w-11 px-2 md:px-3 ${isPrimary ? '' : 'aria-[current=page]:text-ink'}`,
      )}
    >
      <Icon name={icon} />
      <span className="max-w-32 truncate max-md:sr-only">{label}</span>
    </Link>
  );
}
