// Signing in.
import { texts } from "../../texts";

export default function SignIn() {
  return <main className="centered">{texts.auth.title}</main>;
}
