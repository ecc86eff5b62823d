"use client";

import { SelectField } from "@/app/_ui/Field";

export function RoleField({ role = "member" }: { readonly role?: string }) {
  return (
    <SelectField label="Role" name="role" defaultValue={role}>
      <option value="member">Member</option>
      <option value="auditor">Auditor, sees everyone</option>
      <option value="admin">Admin</option>
    </SelectField>
  );
}
