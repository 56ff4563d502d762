import { type ReactNode, useRef } from 'react';
import { Button } from '../kit/button.tsx';
import { hasUnsaved } from '../kit/leaving/unsaved.ts';
import { Empty } from '../kit/parts.tsx';

/** Whether it was here, and is not any more: somebody else removed it while it was looked at. */
export function useWasThere(isThere: boolean): boolean {
  const wasThere = useRef(false);
  if (isThere) wasThere.current = true;
  return wasThere.current && !isThere;
}

/**
 * What is shown of something: itself, or, where it was removed while something typed about it is not saved, as it was
 * last, so that nothing typed is lost with it. Which forms are about it says `About`, by the same key.
 */
export function useStill<T extends object>(
  /** Which one is to be shown. */
  key: string,
  now: T | undefined,
): { readonly shown: T | undefined; readonly isGone: boolean } {
  const last = useRef<{ readonly key: string; readonly one: T }>(undefined);
  const isKept = useRef(false);
  if (now) last.current = { key, one: now };
  const kept = now === undefined && last.current?.key === key ? last.current.one : undefined;
  isKept.current = kept !== undefined && (isKept.current || hasUnsaved(key));
  return { shown: now ?? (isKept.current ? kept : undefined), isGone: isKept.current };
}

/** Above what is shown of something that was removed. */
export function GoneMeanwhile({ what }: { readonly what: string }) {
  return (
    <p className="problem" role="alert">
      This {what} was removed meanwhile. What you typed is still here, to be copied; it cannot be saved any
      more. The audit log says who removed it.
    </p>
  );
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
