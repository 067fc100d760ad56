namespace MeshControl.Policy.Text;

internal enum HuJsonKind
{
    Null,
    False,
    True,
    Number,
    String,
    Array,
    Object,
}
