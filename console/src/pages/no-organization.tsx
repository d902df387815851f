// What somebody sees who belongs to no organization: why, and what to do.
import type { Profile } from "../api/types";

export default function NoOrganization({ profile }: { profile: Profile }) {
  return <main className="centered">{profile.email}</main>;
}
