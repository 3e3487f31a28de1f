/** The reader's choices: language, appearance, keys; and the way out. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { chooseLocale, LOCALES, type Locale } from '~/i18n/i18n';
import { shortcutsAreOn, switchShortcuts } from '~/lib/shortcuts';
import { chooseTheme, currentTheme, type Theme } from '~/lib/theme';
import { useServices } from '~/services';
import { useMe } from '~/session/session';
import { Button, buttonClass } from '~/ui/Button';
import { Dialog } from '~/ui/Dialog';
import { Choice } from './Choice';

export function Settings({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  return (
    <Dialog title={t`Settings`} onClose={onClose}>
      <div className="flex flex-col gap-5">
        <LanguageChoice />
        <ThemeChoice />
        <KeysSwitch />
        <div className="flex flex-wrap gap-2 border-t border-line pt-4">
          <a href="/docs" className={buttonClass('quiet', '-ms-4')}>
            <Trans>For developers</Trans>
          </a>
          <SignOut onDone={onClose} />
        </div>
      </div>
    </Dialog>
  );
}

/** What was chosen is marked at once, so that it can be taken back before its words come. */
function LanguageChoice() {
  const { t, i18n } = useLingui();
  const [coming, setComing] = useState<Locale | null>(null);
  const choose = async (locale: Locale) => {
    setComing(locale);
    await chooseLocale(locale).catch(() => undefined); // then it is what it was
    setComing((last) => (last === locale ? null : last));
  };
  return (
    <Choice
      legend={t`Language`}
      value={coming ?? (i18n.locale as Locale)}
      values={LOCALES}
      onChoose={choose}
    />
  );
}

function ThemeChoice() {
  const { t } = useLingui();
  const [theme, setTheme] = useState(currentTheme);
  const themes: Record<Theme, string> = {
    system: t`As the system`,
    light: t`Light`,
    dark: t`Dark`,
  };
  const setAndChoose = (next: Theme) => {
    chooseTheme(next);
    setTheme(next);
  };
  return (
    <Choice legend={t`Appearance`} value={theme} values={themes} onChoose={setAndChoose} />
  );
}

function KeysSwitch() {
  const [on, setOn] = useState(shortcutsAreOn);
  const change = (next: boolean) => {
    switchShortcuts(next);
    setOn(next);
  };
  return (
    <label className="flex min-h-11 cursor-pointer items-center gap-3">
      <input
        type="checkbox"
        checked={on}
        onChange={(event) => change(event.target.checked)}
        className="size-5 accent-accent"
      />
      <span>
        <span className="block font-medium">
          <Trans>Single-key shortcuts</Trans>
        </span>
        <span className="block text-sm text-quiet">
          <Trans>Such as s to skip. Press ? for all of them.</Trans>
        </span>
      </span>
    </label>
  );
}

/** Of a guest, too: a shared browser is left as it was found. */
function SignOut({ onDone }: { onDone: () => void }) {
  const { session } = useServices();
  const me = useMe();
  if (me == null) return null;
  const leave = async () => {
    await session.signOut();
    onDone();
  };
  return (
    <Button kind="plain" className="ms-auto" onClick={leave}>
      {me.kind === 'user' ? <Trans>Sign out</Trans> : <Trans>Leave as guest</Trans>}
    </Button>
  );
}
