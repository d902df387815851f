"""Helpers for tests of invitations."""
import client

NOT_ALLOWED = "You do not have permission to perform this action. Please contact your Organization Owner"
MEMBER = (400, "User is already a member of the workspace")


def result_of(answer):
    return answer.status_code, answer.json()["detail"]


def code(answer):
    """The status and the code of a refusal that clients branch on."""
    return answer.status_code, answer.json()["detail"]["error"]


def invite_path(account, suffix=""):
    return f"/organizations/{account.organization}/workspaces/{account.workspace}/invite{suffix}"


def invite(account, email, **more):
    return account.post(invite_path(account), [{"email": email, **more}])


def invited(account, person, role="admin"):
    """The token of an invitation to the account's organization."""
    return client.invite(account, account.organization, account.workspace, person.email, role)["token"]


def accept(account, person, token, **more):
    return client.accept(person, token, account.organization, account.workspace, **more)


def waiting(account):
    return account.ok("GET", f"/organizations/{account.organization}/invitations")


def expire(sql, token):
    sql("UPDATE project_invitations SET expiration_date = now() - interval '1 second' WHERE token = %s", token)


def roles(sql, account, person):
    """The roles of a user in the account's organization, workspace and projects."""
    return sql("""SELECT (SELECT role FROM organization_members WHERE user_id = %s AND organization_id = %s),
                         (SELECT role FROM workspace_members WHERE user_id = %s AND workspace_id = %s),
                         (SELECT array_agg(m.role) FROM project_members m JOIN projects p ON p.id = m.project_id
                          WHERE m.user_id = %s AND p.workspace_id = %s)""",
               person.user, account.organization, person.user, account.workspace, person.user, account.workspace)[0]


def create(account, *invitations, **more):
    return account.post(f"/organizations/{account.organization}/invitations", {"invitations": list(invitations), **more})
