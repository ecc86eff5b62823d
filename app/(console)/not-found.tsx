import { Missing } from "@/app/_ui/Missing";

export const metadata = { title: "Not found" };

export default function NotFound() {
  return <Missing />;
}
