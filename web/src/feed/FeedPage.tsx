/** The feed: one poll a screen. */
import { useQuery } from '@tanstack/react-query';
import { api, data } from '~/api/client';
import { VotePanel } from '~/vote/VotePanel';

export function FeedPage() {
  const { data: page } = useQuery({
    queryKey: ['feed'],
    queryFn: () => data(api.GET('/api/polls', { params: { query: { status: 'open' } } })),
  });
  return (
    <main id="main" className="mx-auto w-full max-w-2xl p-4">
      {page?.items.map((poll) => (
        <article key={poll.id} className="mb-4 rounded-2xl bg-card p-5 shadow-card">
          <h2 className="mb-3 text-xl font-semibold">{poll.title}</h2>
          <VotePanel poll={poll} />
        </article>
      ))}
    </main>
  );
}
