/** Which of one's polls are shown; in the address, like the tab. */
import { useLingui } from '@lingui/react/macro';
import { Link } from 'wouter';
import type { Status } from './queries';

const STATUSES: readonly Status[] = ['open', 'scheduled', 'closed'];

/** Of a query like `?tab=polls&status=open`; null: all of them. */
export function statusOf(search: string): Status | null {
  const wanted = new URLSearchParams(search).get('status');
  return STATUSES.find((status) => status === wanted) ?? null;
}

export function useStatusNames(): Record<Status, string> {
  const { t } = useLingui();
  return { open: t`Open`, scheduled: t`Scheduled`, closed: t`Closed` };
}

export function StatusFilter({ current }: { current: Status | null }) {
  const { t } = useLingui();
  const names = useStatusNames();
  return (
    <nav aria-label={t`Which polls`}>
      <ul className="flex flex-wrap gap-2">
        {[null, ...STATUSES].map((status) => (
          <li key={status ?? 'all'}>
            <Link
              href={`/account?tab=polls${status === null ? '' : `&status=${status}`}`}
              aria-current={status === current ? 'true' : undefined}
              className="inline-flex min-h-11 items-center rounded-full bg-sunken px-4 text-sm font-medium aria-[current=true]:bg-accent aria-[current=true]:text-on-accent"
            >
              {status === null ? t`All` : names[status]}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
