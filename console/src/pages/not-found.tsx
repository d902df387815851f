// What is shown at an address that leads nowhere.
import { Result } from "antd";
import { Link } from "react-router-dom";
import { useTitle } from "../components/page";
import { texts } from "../texts";

export default function NotFound() {
  const words = texts.shell.notFound;
  useTitle(words.title);
  return (
    <div className="centered" role="main">
      <Result icon={null} title={words.title} subTitle={words.body} extra={<Link to="/">{words.home}</Link>} />
    </div>
  );
}
