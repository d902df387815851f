// Names for the types of the API, and types for the few answers that its document leaves open.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Organization = Schemas["Organization"];
export type Project = Schemas["ProjectsResponse"];
export type MyInvitation = Schemas["InvitationMine"];
export type WaitingInvitation = Schemas["InvitationWaiting"];
export type ApiKey = Schemas["ListAPIKeysResponse"];
export type Session = Schemas["Session"];

export interface Profile {
  id: string;
  uid: string;
  email: string;
  username: string;
  created_at: string;
  updated_at: string;
}

export interface Member {
  user: {
    /** Of the user; of the invitation while `status` is not "member". */
    id: string;
    email: string;
    username: string;
    status: "member" | "pending" | "expired";
    created_at: string;
  };
  roles: { role_name: Role; role_description?: string }[];
}

export type Role = "owner" | "admin" | "viewer" | (string & {});

export interface OrganizationDetails extends Omit<Schemas["OrganizationDetails"], "default_workspace"> {
  default_workspace: { id: string; name: string; members: Member[] } | null;
}

/** The numbers of things that are deleted with an organization. */
export interface OrganizationContents {
  workspaces: number;
  projects: number;
  members: number;
  invitations: number;
  api_keys: number;
}
