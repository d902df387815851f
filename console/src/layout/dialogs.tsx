// The dialogs that open from the sidebar and from pages; each is loaded when it is first opened.
import { createContext, lazy, Suspense, useCallback, useContext, useMemo, useState, type ReactNode } from "react";
import type { MyInvitation, Organization } from "../api/types";
import type { OrganizationAction } from "./organization-dialogs";

const OrganizationDialog = lazy(() => import("./organization-dialogs"));
const InvitationDialog = lazy(() => import("./invitation-dialog"));

interface Dialogs {
  /** Opens a dialog that creates or changes an organization. */
  openOrganization: (action: OrganizationAction, organization?: Organization) => void;
  openInvitation: (invitation: MyInvitation) => void;
}

const DialogContext = createContext<Dialogs>({ openOrganization: () => {}, openInvitation: () => {} });

export const useDialogs = (): Dialogs => useContext(DialogContext);

export function DialogProvider({ children }: { children: ReactNode }) {
  const [organization, setOrganization] = useState<{ action: OrganizationAction; organization?: Organization } | null>(null);
  const [invitation, setInvitation] = useState<MyInvitation | null>(null);
  const close = useCallback(() => {
    setOrganization(null);
    setInvitation(null);
  }, []);
  const dialogs = useMemo<Dialogs>(
    () => ({
      openOrganization: (action, which) => setOrganization({ action, organization: which }),
      openInvitation: setInvitation,
    }),
    [],
  );
  return (
    <DialogContext.Provider value={dialogs}>
      {children}
      <Suspense fallback={null}>
        {organization && <OrganizationDialog action={organization.action} organization={organization.organization} onClose={close} />}
        {invitation && <InvitationDialog invitation={invitation} onClose={close} />}
      </Suspense>
    </DialogContext.Provider>
  );
}
