// Signing in.
import { texts } from "../../texts";

export default function ResetPassword() {
  return <main className="centered">{texts.auth.title}</main>;
}
