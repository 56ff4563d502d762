import { type ReactNode, useRef } from 'react';
import { Button } from '../kit/button.tsx';
import { Empty } from '../kit/parts.tsx';

/** Whether it was here, and is not any more: somebody else removed it while it was looked at. */
export function useWasThere(isThere: boolean): boolean {
  const wasThere = useRef(false);
  if (isThere) wasThere.current = true;
  return wasThere.current && !isThere;
}

/** Instead of something that there is not, or not any more; with the way back. */
export function Gone({
  what,
  wasThere,
  children,
}: {
  readonly what: string;
  readonly wasThere: boolean;
  readonly children: ReactNode;
}) {
  return (
    <div role="alert">
      <Empty title={wasThere ? `This ${what} was removed` : `There is no such ${what}`}>
        {wasThere && (
          <p className="soft">
            Somebody removed it while this page was open, or it was taken out of the configuration. The audit
            log says who did.
          </p>
        )}
        {children}
      </Empty>
    </div>
  );
}

/** The same beside a list, of which an address names a row that is not there. */
export function RowGone({ what, onClose }: { readonly what: string; readonly onClose: () => void }) {
  return (
    <div className="problem row apart" role="alert">
      <p>There is no such {what}, or not any more. The audit log says who removed it.</p>
      <Button action="row-gone.close" tone="link" onClick={onClose}>
        Close
      </Button>
    </div>
  );
}
