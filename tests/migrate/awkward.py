"""Makes a v0.103.5 core database awkward in every way that the contract names, at random, reproducible by a seed."""
import random
import uuid

WORDS = ["viewer", "editor", "admin", "developer", "annotator", "owner", "superuser", "", "Admin", "workspace_admin"]


def spoil(pair, seed, people=60):
    chance = random.Random(seed)

    def new():
        return str(uuid.UUID(int=chance.getrandbits(128), version=4))

    def insert(table, **row):
        pair.sql(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))

    organizations = [row[0] for row in pair.sql("SELECT id::text FROM organizations")]
    workspaces = [row[0] for row in pair.sql("SELECT id::text FROM workspaces")]
    projects = [row[0] for row in pair.sql("SELECT id::text FROM projects")]
    users = []
    for number in range(people):
        users.append((new(), f"Person{number}@{chance.choice(['Acme.io', 'beta.example', 'x.org'])}"))
        insert("users", id=users[-1][0], uid=new(), username=f"p{number}", email=users[-1][1],
               is_active=chance.random() < 0.9)
    owner = users[0][0]
    for number in range(2):
        organizations.append(new())
        insert("organizations", id=organizations[-1], name=f"Other {number}", owner_id=chance.choice(users)[0],
               created_by_id=owner,
               created_at=f"2026-01-{number + 1:02}")
    for number in range(4):
        workspaces.append(new())
        insert("workspaces", id=workspaces[-1], name=f"Place {number}", type="default",
               organization_id=chance.choice(organizations + [None]))
    for number in range(10):
        projects.append(new())
        place = chance.choice(workspaces + [None])
        belongs = pair.sql("SELECT organization_id::text FROM workspaces WHERE id = %s", [place]) if place else [(None,)]
        insert("projects", id=projects[-1], project_name=f"Project {number}", is_default=chance.random() < 0.4,
               workspace_id=place, organization_id=chance.choice([belongs[0][0], None]))
    for number in range(80):
        user, address = chance.choice(users)
        insert("project_invitations", id=new(), token=new(), email=chance.choice([address, address.lower(), "nobody@x.org"]),
               role=chance.choice(WORDS), used=chance.choice([True, True, False, None]), project_id=chance.choice(projects),
               user_id=chance.choice([user, None]), expiration_date=f"2026-0{chance.randint(1, 9)}-01")
    for number in range(20):
        insert("api_keys", id=new(), prefix=f"k{number}", hashed_key=new(), created_by_id=chance.choice(users)[0],
               project_id=chance.choice(projects + [None] * 3))
    for number in range(5):
        insert("secrets", id=new(), kind="PROVIDER_KEY", data=b"x", project_id=chance.choice(projects))
    pair.sql("CREATE VIEW applications AS SELECT id, app_name FROM app_db")
    # Workspaces; every organization needs one.
    for organization in organizations:
        if not pair.sql("SELECT FROM workspaces WHERE organization_id = %s", [organization]):
            insert("workspaces", id=new(), name="Needed", type="default", organization_id=organization)
