// Plane `id`: the row of the id table, 0 for the shell.
layout(location = TARGET(PLANE_ID)) out uint id;

void plane_id(Surface s)
{
    id = draw.row;
}
