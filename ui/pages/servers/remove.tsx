import { useAct } from '../../api/use.ts';
import { Confirm } from '../../kit/dialog.tsx';
import { forgetUnsaved } from '../../kit/leaving/unsaved.ts';

type Props = {
  readonly server: { readonly id: string; readonly name: string };
  readonly onDone: () => void;
  readonly onClose: () => void;
};

/** Before a server goes: what goes with it. */
export function RemoveServer({ server: { id, name }, onDone, onClose }: Props) {
  const remove = useAct('servers.remove', {
    says: `${name} is gone.`,
    onDone: () => {
      forgetUnsaved(name);
      onDone();
    },
  });
  return (
    <Confirm
      action="server.remove"
      title={`Remove ${name}?`}
      does="Remove it"
      isBusy={remove.isPending}
      onDo={() => remove.mutate({ params: { id } })}
      onClose={onClose}
    >
      <p>
        Its calls end now. Its grants, its credential and the accounts that people connected to it go with it.
        What it did stays in the log.
      </p>
    </Confirm>
  );
}
