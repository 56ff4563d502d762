import { useState } from 'react';
import { mayChange } from '../../api/boot.ts';
import { useRead } from '../../api/use.ts';
import { Button, Go } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { plural } from '../../kit/figures.ts';
import { Form, TextField } from '../../kit/forms/form.tsx';
import { numberOr, useForm } from '../../kit/forms/use-form.ts';
import { useTo } from '../../shell/place.ts';

function Kept() {
  const to = useTo();
  const settings = useRead('settings.list', {}).data?.settings ?? [];
  const days = settings.find(({ key }) => key === 'ledger.daysToKeep')?.value;
  return (
    <p className="soft">
      They go by themselves after {String(days ?? '–')} days.{' '}
      <Go action="audit.keep-longer" to={to('/admin/settings', { tab: 'retention' })}>
        Keep them longer
      </Go>
    </p>
  );
}

function Question({ onClose }: { readonly onClose: () => void }) {
  const clean = useForm(
    'logs.clean-up',
    { days_to_keep: '30' },
    {
      says: ({ total }) => `${plural(total, 'entry is', 'entries are')} gone`,
      touches: ['activity', 'auth-log', 'security-events', 'audit', 'figures'],
      given: ({ days_to_keep }) => ({ body: { days_to_keep: numberOr(days_to_keep) as number } }),
      onDone: onClose,
    },
  );
  return (
    <Dialog title="Remove what is old" onClose={onClose}>
      <Form action="audit.clean-up-send" does="Remove" tone="danger" of={clean} onClose={onClose}>
        <p>
          Requests, security events and sign-ins that are older go for good. The log of changes stays, and
          says that you did this.
        </p>
        <TextField label="Keep the last days" action="audit.clean-up-days" {...clean.text('days_to_keep')} />
        <Kept />
      </Form>
    </Dialog>
  );
}

/** Older entries of the ledger go before their time; the log of changes stays. */
export function CleanUp() {
  const [isOpen, setOpen] = useState(false);
  if (!mayChange) return null;
  return (
    <>
      <Button action="audit.clean-up" onClick={() => setOpen(true)}>
        Clean up
      </Button>
      {isOpen && <Question onClose={() => setOpen(false)} />}
    </>
  );
}
