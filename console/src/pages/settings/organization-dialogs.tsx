// The dialogs that create, rename, transfer and delete an organization.
import { Modal } from "antd";
import type { Organization } from "../../api/types";
import type { OrganizationAction } from "../../layout/dialogs";

interface Props {
  action: OrganizationAction;
  /** The one it is about; none to create one. */
  organization?: Organization;
  onClose: () => void;
}

export default function OrganizationDialog({ action, organization, onClose }: Props) {
  return <Modal open title={`${action} ${organization?.name ?? ""}`} onCancel={onClose} onOk={onClose} />;
}
