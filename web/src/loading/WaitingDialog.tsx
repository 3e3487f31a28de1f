/** In the place of a dialog whose code is on its way: nothing, unless it has failed to come. */
import { Dialog } from '~/ui/Dialog';
import { useIsServerAway } from './newBuild';
import { Waiting } from './Waiting';

export function WaitingDialog(dialog: { title: string; onClose: () => void }) {
  if (!useIsServerAway()) return null;
  return (
    <Dialog {...dialog}>
      <Waiting />
    </Dialog>
  );
}
