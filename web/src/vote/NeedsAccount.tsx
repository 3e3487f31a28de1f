/** The poll asks for registered voters, and the reader is none: said before they try. */
import { Trans } from '@lingui/react/macro';
import { ButtonLink } from '~/ui/Button';

export function NeedsAccount() {
  return (
    <div className="flex flex-col gap-3 rounded-xl border border-line p-4">
      <p>
        <Trans>Only people with an account can vote here.</Trans>
      </p>
      <AccountLinks />
    </div>
  );
}

/** They lead back to where the reader is. */
export function AccountLinks() {
  const next = encodeURIComponent(location.pathname + location.search);
  return (
    <div className="flex flex-wrap gap-2">
      <ButtonLink kind="primary" href={`/sign-in?next=${next}`}>
        <Trans>Sign in</Trans>
      </ButtonLink>
      <ButtonLink href={`/register?next=${next}`}>
        <Trans>Create an account</Trans>
      </ButtonLink>
    </div>
  );
}
